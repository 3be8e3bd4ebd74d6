using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Cli.Rendering;

namespace Poa.Cli.Running;

/// <summary>Shows a search's progress until it has ended.</summary>
internal static class SearchWatcher
{
    /// <summary>A search that may not be there.</summary>
    public static async Task<SearchSnapshot?> FindAsync(PoaClient client, string search, CancellationToken cancellationToken)
    {
        try
        {
            return await client.Searches.GetAsync(search, cancellationToken).ConfigureAwait(false);
        }
        catch (PoaException e) when (e.Code == ErrorCodes.SearchNotFound)
        {
            return null;
        }
    }

    /// <returns>The search as it ended.</returns>
    public static async Task<SearchSnapshot> FollowAsync(PoaClient client, string search, CliContext context, CancellationToken cancellationToken)
    {
        using var display = new ProgressDisplay(context);
        await foreach (var snapshot in client.Searches.WatchAsync(search, cancellationToken).ConfigureAwait(false))
        {
            display.Show(Standing.Of(snapshot));
            if (snapshot.IsFinished)
            {
                return snapshot;
            }
        }

        return await client.Searches.GetAsync(search, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How the latencies were measured, on which machine; null where they do not matter.</summary>
    public static async Task<string?> LatencyProtocolAsync(PoaClient client, SearchSnapshot search, CancellationToken cancellationToken)
    {
        var specification = search.Specification;
        if (specification.Budget.LatencyMilliseconds is null)
        {
            return null;
        }

        var question = specification.LatencyJobOf("").Question;
        EvaluationResult[] results =
            [.. (await client.Results.GridAsync(specification.Run, Benchmarks.Latency, specification.Iteration, cancellationToken).ConfigureAwait(false)).Where(row => row.Question == question).Select(row => row.Result)];
        return results.Length == 0 ? null : ResultTables.Protocol(results);
    }
}
