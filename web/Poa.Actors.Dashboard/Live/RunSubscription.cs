using System.Runtime.CompilerServices;
using Poa.Storage;

namespace Poa.Actors.Dashboard.Live;

/// <summary>One page's share in a run's feed. Dispose of it when the page goes: the last one ends the feed.</summary>
internal sealed class RunSubscription : IDisposable
{
    private readonly RunFeed feed;
    private readonly TimeProvider time;
    private RunFeedPosition position;
    private Action? leave;

    internal RunSubscription(RunFeed feed, TimeProvider time, Action leave) => (this.feed, this.time, this.leave) = (feed, time, leave);

    /// <summary>
    /// What is known at once, then what is new, at most once in <see cref="RunFeed.UpdateInterval"/>. Whoever takes long over an update
    /// gets the next ones as one; nobody else waits for it. To be enumerated by one reader at a time.
    /// </summary>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<RunFeedUpdate> UpdatesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        position = default;
        while (true)
        {
            await feed.ChangedAfterAsync(position.Version, cancellationToken);
            var sentAt = time.GetTimestamp();
            (var update, position) = feed.Since(position);
            yield return update;

            var rest = RunFeed.UpdateInterval - time.GetElapsedTime(sentAt);
            if (rest > TimeSpan.Zero)
            {
                await Task.Delay(rest, time, cancellationToken);
            }
        }
    }

    /// <summary>All points of the curve that the updates so far have brought.</summary>
    public MetricsSeries Curve() => feed.Until(position);

    /// <summary>How often each sub-network was drawn so far; at most a few seconds old.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<IReadOnlyDictionary<string, long>> SampleCountsAsync(CancellationToken cancellationToken = default) =>
        feed.SampleCounts.GetAsync(cancellationToken);

    /// <summary>All worker shards; at most a few seconds old.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<IReadOnlyList<ShardStanding>> ShardsAsync(CancellationToken cancellationToken = default) => feed.Shards.GetAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref leave, null)?.Invoke();
}

/// <summary>How much of a feed a subscriber has seen.</summary>
/// <param name="Version">Version of the feed.</param>
/// <param name="Generation">Generation of the curve.</param>
/// <param name="Points">Points of that generation.</param>
internal readonly record struct RunFeedPosition(long Version, int Generation, int Points);
