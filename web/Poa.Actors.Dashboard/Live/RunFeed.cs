using Poa.Storage;

namespace Poa.Actors.Dashboard.Live;

/// <summary>
/// Follows one run for everybody who looks at it: one watch of its grain, one read of new figures a second, whatever the number of
/// pages. Goes on after a break where it left off.
/// </summary>
internal sealed partial class RunFeed : IAsyncDisposable
{
    /// <summary>Shortest time between two updates of a subscriber.</summary>
    public static readonly TimeSpan UpdateInterval = TimeSpan.FromSeconds(1);

    /// <summary>Most events that are kept, as many as a page could want to leaf through.</summary>
    public const int MaxEvents = 2000;

    private static readonly TimeSpan CountsAge = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShardsAge = TimeSpan.FromSeconds(2);

    private readonly string run;
    private readonly IRunSource source;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly CurveBuffer curve = new();
    private TaskCompletionSource changed = NewSignal();
    private Task loops = Task.CompletedTask;
    private long version;
    private RunSnapshot? snapshot;
    private WorkError? watchBroken;
    private WorkError? curveBroken;

    public RunFeed(string run, IRunSource source, TimeProvider time, ILogger logger)
    {
        (this.run, this.source, this.time, this.logger) = (run, source, time, logger);
        SampleCounts = new(stop => source.SampleCountsAsync(run, stop), CountsAge, time);
        Shards = new(source.ShardsAsync, ShardsAge, time);
    }

    /// <summary>How often each sub-network was drawn.</summary>
    public Shared<IReadOnlyDictionary<string, long>> SampleCounts { get; }

    /// <summary>All worker shards.</summary>
    public Shared<IReadOnlyList<ShardStanding>> Shards { get; }

    /// <summary>Begins to follow the run.</summary>
    public void Start() => loops = Task.WhenAll(Task.Run(() => WatchAsync(stop.Token)), Task.Run(() => ReadCurveAsync(stop.Token)));

    /// <summary>Waits until there is something newer than a version.</summary>
    public async Task ChangedAfterAsync(long seen, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (version > seen)
                {
                    return;
                }

                next = changed.Task;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>What is new since a position, and the position after it.</summary>
    public (RunFeedUpdate Update, RunFeedPosition Position) Since(RunFeedPosition position)
    {
        lock (gate)
        {
            var replaces = position.Generation != curve.Generation;
            var update = new RunFeedUpdate(snapshot, curve.Slice(replaces ? 0 : position.Points, curve.Count), replaces, watchBroken ?? curveBroken);
            return (update, new RunFeedPosition(version, curve.Generation, curve.Count));
        }
    }

    /// <summary>The curve up to a position; all of it if it was replaced since.</summary>
    public MetricsSeries Until(RunFeedPosition position)
    {
        lock (gate)
        {
            return curve.Slice(0, position.Generation == curve.Generation ? position.Points : curve.Count);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loops.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
        SampleCounts.Dispose();
        Shards.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Changes what subscribers see, and wakes them if it did change.</summary>
    private void Publish(Func<bool> change)
    {
        TaskCompletionSource? wake = null;
        lock (gate)
        {
            if (change())
            {
                version++;
                (wake, changed) = (changed, NewSignal());
            }
        }

        wake?.SetResult();
    }
}
