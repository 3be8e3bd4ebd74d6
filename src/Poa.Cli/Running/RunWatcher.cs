using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Cli.Hosting;
using Poa.Cli.Rendering;

namespace Poa.Cli.Running;

/// <summary>Shows a run's progress until it is finished or paused.</summary>
internal static class RunWatcher
{
    /// <summary>Follows a run of whatever host.</summary>
    /// <returns>The run at its end.</returns>
    public static async Task<RunSnapshot> FollowAsync(PoaClient client, string run, CliContext context, CancellationToken cancellationToken)
    {
        using (var display = new ProgressDisplay(context))
        {
            await foreach (var update in client.Runs.WatchAsync(run, 0, cancellationToken).ConfigureAwait(false))
            {
                foreach (var item in update.Events)
                {
                    display.Note($"{Formats.Moment(item.Time)}  {(item.Level == NoteLevel.Information ? "" : $"{Standing.Word(item.Level)}: ")}{item.Message}");
                }

                display.Show(Standing.Of(run, update.Status, update.Progress));
            }
        }

        return await client.Runs.GetAsync(run, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Follows a run that this command started or resumed. An interruption pauses it if its host lives in this process, since
    /// nobody would go on with it; a run of another process goes on.
    /// </summary>
    public static async Task<RunSnapshot> FollowOwnAsync(PoaConnection connection, string run, CliContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await FollowAsync(connection.Client, run, context, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            if (connection.IsEmbedded)
            {
                await PauseAsync(connection.Client, run, context).ConfigureAwait(false);
            }
            else
            {
                context.Error.WriteLine($"{run} goes on in its host; follow it with: poa watch {run}");
            }

            throw;
        }
    }

    private static async Task PauseAsync(PoaClient client, string run, CliContext context)
    {
        await client.Runs.PauseAsync(run, CancellationToken.None).ConfigureAwait(false);
        var paused = await client.Runs.WaitAsync(run, CancellationToken.None).ConfigureAwait(false);
        var at = paused.LatestCheckpoint is { } checkpoint ? string.Create(Formats.Plain, $" with a checkpoint at iteration {checkpoint.Iteration}") : "";
        context.Error.WriteLine($"{run} is {Standing.Word(paused.Status)}{at}; go on with: poa resume {run}");
    }
}
