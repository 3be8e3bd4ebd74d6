using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Cli.Rendering;

namespace Poa.Cli.Running;

/// <summary>Shows a sweep's progress until every evaluation has ended.</summary>
internal static class SweepWatcher
{
    /// <returns>The stored results, in the order of the selection.</returns>
    /// <exception cref="PoaException">An evaluation failed: the first one's error.</exception>
    public static async Task<IReadOnlyList<EvaluationResult>> FollowAsync(PoaClient client, string sweep, CliContext context, CancellationToken cancellationToken)
    {
        SweepSnapshot? last = null;
        using (var display = new ProgressDisplay(context))
        {
            await foreach (var snapshot in client.Sweeps.WatchAsync(sweep, cancellationToken).ConfigureAwait(false))
            {
                display.Show(Standing.Of(snapshot));
                last = snapshot;
            }
        }

        if (last?.Jobs.FirstOrDefault(job => job.Status != JobStatus.Completed) is { } failed)
        {
            throw new PoaException(failed.Error ?? new WorkError(
                ErrorCodes.ResultMissing, $"The evaluation of {failed.SubNetwork} ended as {Standing.Word(failed.Status)}.", "Start it again with: poa evaluate"));
        }

        return await client.Sweeps.ResultsAsync(sweep, cancellationToken).ConfigureAwait(false);
    }
}
