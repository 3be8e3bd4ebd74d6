using System.CommandLine;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Cli.Hosting;
using Poa.Cli.Rendering;
using Poa.Cli.Running;

namespace Poa.Cli.Commands;

/// <summary><c>poa runs</c>, <c>watch</c>, <c>pause</c>, <c>resume</c>, <c>cancel</c>, <c>checkpoints</c>.</summary>
internal static class RunCommands
{
    /// <summary>The list of runs.</summary>
    public static Command Runs(CliContext context)
    {
        var (home, json) = (CommonOptions.Home(), CommonOptions.Json());
        var command = new PoaCommand("runs", "Lists runs, newest first.", "poa runs", "poa runs --json") { home, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await PoaConnection.OpenAsync(HostTarget.Resolve(parsed.GetValue(home)), HostNeed.State, cancellationToken).ConfigureAwait(false);
            var runs = await connection.Client.Runs.ListAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(json))
            {
                context.Out.WriteLine(Json.Text(runs.Select(run => new { run = run.RunId, run.Name, run.Status, run.CreatedAt, run.Data, run.CreatedBy })));
                return ExitCodes.Success;
            }

            var table = new TextTable(new TextColumn("RUN"), new TextColumn("STATUS"), new TextColumn("CREATED"), new TextColumn("DATA"), new TextColumn("NAME"));
            foreach (var run in runs)
            {
                table.Row(run.RunId, Standing.Word(run.Status), Formats.Moment(run.CreatedAt), run.Data, run.Name);
            }

            PrintLines(context, table.Lines());
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Follows a run.</summary>
    public static Command Watch(CliContext context) => OnRun(
        context, "watch", "Follows a run until it is finished or paused; Ctrl+C ends only the watching.", HostNeed.Running,
        async (connection, run, cancellationToken) => await RunWatcher.FollowAsync(connection.Client, run, context, cancellationToken).ConfigureAwait(false),
        RunLines.ExitCode);

    /// <summary>Pauses a run.</summary>
    public static Command Pause(CliContext context) => OnRun(
        context, "pause", "Has a run write a checkpoint and stop; `poa resume` goes on with it.", HostNeed.State,
        async (connection, run, cancellationToken) =>
        {
            await connection.Client.Runs.PauseAsync(run, cancellationToken).ConfigureAwait(false);
            return await connection.Client.Runs.WaitAsync(run, cancellationToken).ConfigureAwait(false);
        },
        _ => ExitCodes.Success);

    /// <summary>Goes on with a run, and follows it where this command is its host.</summary>
    public static Command Resume(CliContext context) => OnRun(
        context, "resume", "Goes on with a paused or failed run from its last checkpoint. Where no host runs, this command is the host until the run ends.", HostNeed.Worker,
        async (connection, run, cancellationToken) =>
        {
            var snapshot = await connection.Client.Runs.ResumeAsync(run, cancellationToken).ConfigureAwait(false);
            return connection.IsEmbedded && !snapshot.Status.IsFinished()
                ? await RunWatcher.FollowOwnAsync(connection, run, context, cancellationToken).ConfigureAwait(false)
                : snapshot;
        },
        RunLines.ExitCode);

    /// <summary>Stops a run for good.</summary>
    public static Command Cancel(CliContext context) => OnRun(
        context, "cancel", "Stops a run for good. Its checkpoints stay.", HostNeed.State,
        async (connection, run, cancellationToken) =>
        {
            var snapshot = await connection.Client.Runs.CancelAsync(run, cancellationToken).ConfigureAwait(false);
            return snapshot.Status.IsFinished() ? snapshot : await connection.Client.Runs.WaitAsync(run, cancellationToken).ConfigureAwait(false);
        },
        _ => ExitCodes.Success);

    /// <summary>A run's checkpoints.</summary>
    public static Command Checkpoints(CliContext context)
    {
        var (run, home, json) = (CommonOptions.Run(), CommonOptions.Home(), CommonOptions.Json());
        var command = new PoaCommand("checkpoints", "Lists the checkpoints of a run.", "poa checkpoints latest") { run, home, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await PoaConnection.OpenAsync(HostTarget.Resolve(parsed.GetValue(home)), HostNeed.State, cancellationToken).ConfigureAwait(false);
            var id = await ResolveAsync(connection.Client, parsed.GetRequiredValue(run), cancellationToken).ConfigureAwait(false);
            var snapshot = await connection.Client.Runs.GetAsync(id, cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(json))
            {
                context.Out.WriteLine(Json.Text(snapshot.Checkpoints));
                return ExitCodes.Success;
            }

            var table = new TextTable(new TextColumn("ITERATION", Right: true), new TextColumn("SIZE", Right: true), new TextColumn("LOSS", Right: true), new TextColumn("PUBLISHED"), new TextColumn("SHA-256"));
            foreach (var checkpoint in snapshot.Checkpoints)
            {
                table.Row(
                    checkpoint.Iteration.ToString(Formats.Plain), Formats.Bytes(checkpoint.Size), checkpoint.Loss?.ToString("F3", Formats.Plain) ?? "-",
                    Formats.Moment(checkpoint.Time), checkpoint.ManifestSha256[..16]);
            }

            PrintLines(context, table.Lines());
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>The id of the run that a user means.</summary>
    /// <exception cref="CliException">None or several fit.</exception>
    public static async Task<string> ResolveAsync(PoaClient client, string text, CancellationToken cancellationToken)
    {
        var runs = await client.Runs.ListAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        return RunReference.Resolve(text, [.. runs.Select(run => run.RunId)]);
    }

    /// <summary>Prints lines as results.</summary>
    public static void PrintLines(CliContext context, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            context.Out.WriteLine(line);
        }
    }

    private static Command OnRun(
        CliContext context, string name, string description, HostNeed need,
        Func<PoaConnection, string, CancellationToken, Task<RunSnapshot>> act, Func<RunSnapshot, int> exitCode)
    {
        var (run, home, json) = (CommonOptions.Run(), CommonOptions.Home(), CommonOptions.Json());
        var command = new PoaCommand(name, description, $"poa {name} latest", $"poa {name} poa-20261123-4f2a") { run, home, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await PoaConnection.OpenAsync(HostTarget.Resolve(parsed.GetValue(home)), need, cancellationToken).ConfigureAwait(false);
            var id = await ResolveAsync(connection.Client, parsed.GetRequiredValue(run), cancellationToken).ConfigureAwait(false);
            var snapshot = await act(connection, id, cancellationToken).ConfigureAwait(false);
            RunLines.Print(context.Out, snapshot, parsed.GetValue(json));
            return exitCode(snapshot);
        });
        return command;
    }
}
