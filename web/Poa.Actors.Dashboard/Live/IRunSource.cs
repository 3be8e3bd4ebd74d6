using Poa.Storage;

namespace Poa.Actors.Dashboard.Live;

/// <summary>What a <see cref="RunFeed"/> reads: the part of the client it needs, so that tests can break it at will.</summary>
internal interface IRunSource
{
    /// <summary>The run as it stands.</summary>
    Task<RunSnapshot> GetAsync(string run, CancellationToken cancellationToken);

    /// <summary>Changes of the run after an event's position; ends when the run is finished or paused.</summary>
    IAsyncEnumerable<RunUpdate> WatchAsync(string run, long afterPosition, CancellationToken cancellationToken);

    /// <summary>The figures from an iteration on, summed up to at most <paramref name="maxPoints"/> points.</summary>
    Task<MetricsSeries> SeriesAsync(string run, long from, int maxPoints, CancellationToken cancellationToken);

    /// <summary>How often each sub-network was drawn so far.</summary>
    Task<IReadOnlyDictionary<string, long>> SampleCountsAsync(string run, CancellationToken cancellationToken);

    /// <summary>All worker shards.</summary>
    Task<IReadOnlyList<ShardStanding>> ShardsAsync(CancellationToken cancellationToken);
}
