using System.CommandLine;
using Poa.Cli.Hosting;
using Poa.Cli.Running;

namespace Poa.Cli.Commands;

/// <summary><c>poa logs</c>: what workers wrote while they worked for a run.</summary>
internal static class LogsCommand
{
    private const int DefaultLines = 50;

    public static Command Create(CliContext context)
    {
        var run = CommonOptions.Run();
        var shard = new Option<string?>("--shard") { Description = "Only logs of this shard, such as local/cpu; otherwise the newest log of each.", HelpName = "S" };
        var lines = new Option<int>("--lines") { Description = "Lines to begin with, of each log.", HelpName = "N", DefaultValueFactory = _ => DefaultLines };
        lines.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
            {
                result.AddError("--lines must be 0 or more.");
            }
        });
        var follow = new Option<bool>("--follow") { Description = "Go on printing until the run is finished or paused; Ctrl+C ends only the printing." };
        var home = CommonOptions.Home();
        var command = new PoaCommand("logs", "Prints the newest lines that workers wrote for a run: training, evaluation and extraction, also where the worker died.",
            "poa logs latest",
            "poa logs latest --lines 500 --shard local/cpu",
            "poa logs latest --follow") { run, shard, lines, follow, home };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await PoaConnection.OpenAsync(HostTarget.Resolve(parsed.GetValue(home)), HostNeed.State, cancellationToken).ConfigureAwait(false);
            var id = await RunCommands.ResolveAsync(connection.Client, parsed.GetRequiredValue(run), cancellationToken).ConfigureAwait(false);
            var follower = new LogFollower(connection.Client, id, parsed.GetValue(shard), context);
            await follower.PrintAsync(parsed.GetValue(lines), cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(follow))
            {
                await follower.FollowAsync(cancellationToken).ConfigureAwait(false);
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
