using System.CommandLine;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Cli.Hosting;
using Poa.Cli.Rendering;

namespace Poa.Cli.Commands;

/// <summary><c>poa workers</c>: the devices that work, and taking one out of service.</summary>
internal static class WorkersCommand
{
    public static Command Create(CliContext context)
    {
        var (home, json) = (CommonOptions.Home(), CommonOptions.Json());
        var command = new PoaCommand("workers", "Lists the worker shards (devices of worker processes): state, load, memory, work.",
            "poa workers", "poa workers --json", "poa workers drain local/cpu", "poa workers resume local/cpu")
        {
            home,
            json,
            OnShard(context, "drain", "Takes a shard out of service until it is resumed, also over restarts: what it has stops with a checkpoint and waits for another.",
                (workers, shard, cancellationToken) => workers.DrainAsync(shard, cancellationToken)),
            OnShard(context, "resume", "Puts a drained shard back into service.",
                (workers, shard, cancellationToken) => workers.ResumeAsync(shard, cancellationToken)),
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await OpenAsync(parsed.GetValue(home), cancellationToken).ConfigureAwait(false);
            Print(context, await connection.Client.Workers.ListAsync(cancellationToken).ConfigureAwait(false), parsed.GetValue(json));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command OnShard(
        CliContext context, string name, string description, Func<WorkersClient, string, CancellationToken, Task<ShardStanding>> act)
    {
        var shard = new Argument<string>("SHARD") { Description = "A shard as `poa workers` lists it, such as local/cpu." };
        var (home, json) = (CommonOptions.Home(), CommonOptions.Json());
        var command = new PoaCommand(name, description, $"poa workers {name} local/cpu") { shard, home, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await OpenAsync(parsed.GetValue(home), cancellationToken).ConfigureAwait(false);
            var standing = await act(connection.Client.Workers, parsed.GetRequiredValue(shard), cancellationToken).ConfigureAwait(false);
            Print(context, [standing], parsed.GetValue(json));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Task<PoaConnection> OpenAsync(string? home, CancellationToken cancellationToken) =>
        PoaConnection.OpenAsync(HostTarget.Resolve(home), HostNeed.State, cancellationToken);

    private static void Print(CliContext context, IReadOnlyList<ShardStanding> shards, bool json)
    {
        if (json)
        {
            context.Out.WriteLine(Json.Text(shards));
        }
        else
        {
            RunCommands.PrintLines(context, WorkerTable.Lines(shards, context.Time.GetUtcNow()));
        }
    }
}
