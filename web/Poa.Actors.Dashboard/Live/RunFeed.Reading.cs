using System.Collections.Immutable;
using Poa.Storage;

namespace Poa.Actors.Dashboard.Live;

/// <summary>The two loops that read: one the state of the run, the other its figures.</summary>
internal sealed partial class RunFeed
{
    /// <summary>Points of an overview.</summary>
    public const int OverviewPoints = 1500;

    /// <summary>Points that one read may add: where a run takes more steps in a second, some are summed up.</summary>
    public const int PointsPerRead = 8;

    /// <summary>When the curve has more points than this, it is read anew as an overview.</summary>
    public const int MaxPoints = 2 * OverviewPoints;

    private static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(1);

    // A run that stands still may be resumed, evaluated or extracted from; nothing says so but its state.
    private static readonly TimeSpan IdleInterval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(4);

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        for (var retry = FirstRetry; ; retry = Min(2 * retry, LastRetry))
        {
            try
            {
                while (true)
                {
                    if ((await RefreshAsync(cancellationToken)).Status.IsActive())
                    {
                        await FollowAsync(cancellationToken);
                    }

                    retry = FirstRetry;
                    await Task.Delay(IdleInterval, time, cancellationToken);
                }
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                LogBroken(e, run, "state");
                Publish(() => Set(ref watchBroken, ErrorOf(e)));
            }

            await Task.Delay(retry, time, cancellationToken);
        }
    }

    /// <summary>Follows the run while it is active.</summary>
    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var refreshedAt = time.GetTimestamp();
        await foreach (var update in source.WatchAsync(run, LastEvent(), cancellationToken))
        {
            var known = snapshot!;
            var next = known with
            {
                Status = update.Status,
                Progress = update.Progress ?? known.Progress,
                Error = update.Error,
                Events = Merge(known.Events, update.Events),
            };
            Publish(() => Set(ref snapshot, next) | Set(ref watchBroken, null));

            // Checkpoints, extractions and the shard are not part of an update; most changes of them come with an event.
            if (!update.Events.IsEmpty || update.Status != known.Status || time.GetElapsedTime(refreshedAt) >= IdleInterval)
            {
                refreshedAt = time.GetTimestamp();
                await RefreshAsync(cancellationToken);
            }
        }

        await RefreshAsync(cancellationToken);
    }

    private async Task<RunSnapshot> RefreshAsync(CancellationToken cancellationToken)
    {
        var read = await source.GetAsync(run, cancellationToken);
        Publish(() => Set(ref snapshot, snapshot is null ? read : Reconcile(snapshot, read)) | Set(ref watchBroken, null));
        return read;
    }

    private async Task ReadCurveAsync(CancellationToken cancellationToken)
    {
        var (whole, retry, cutsRead) = (true, FirstRetry, 0);
        await UntilKnownAsync(cancellationToken);
        while (true)
        {
            var (stillness, pause, cuts) = (Stillness(), ReadInterval, Cuts());
            try
            {
                // A rollback replaces what was read of the steps after its checkpoint.
                whole |= cuts > cutsRead;
                var series = whole
                    ? await source.SeriesAsync(run, 0, OverviewPoints, cancellationToken)
                    : await source.SeriesAsync(run, curve.NextIteration, PointsPerRead, cancellationToken);
                Publish(() => Take(series, whole) | Set(ref curveBroken, null));
                var isComplete = !whole && series.Iterations.Count == 0;
                (whole, retry, cutsRead) = (curve.Count > MaxPoints, FirstRetry, cuts);
                if (isComplete && stillness is { } since)
                {
                    // It stood still before it was found to have no more figures: none come until its state changes.
                    await ChangedAfterAsync(since, cancellationToken);
                }
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                LogBroken(e, run, "figures");
                Publish(() => Set(ref curveBroken, ErrorOf(e)));
                (pause, retry) = (retry, Min(2 * retry, LastRetry));
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <summary>Waits until the run is known to exist: a mistyped address costs no reads of figures.</summary>
    private async Task UntilKnownAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            long seen;
            lock (gate)
            {
                if (snapshot is not null)
                {
                    return;
                }

                seen = version;
            }

            await ChangedAfterAsync(seen, cancellationToken);
        }
    }

    private bool Take(MetricsSeries series, bool whole)
    {
        if (!whole)
        {
            return curve.Append(series);
        }

        curve.Replace(series);
        return true;
    }

    /// <summary>The version at which the run was seen to stand still; null if it does not, as far as is known.</summary>
    private long? Stillness()
    {
        lock (gate)
        {
            return snapshot is { } known && !known.Status.IsActive() ? version : null;
        }
    }

    /// <summary>Rollbacks whose steps are gone from the figures for certain: of the newest one as soon as training goes on after it.</summary>
    private int Cuts()
    {
        lock (gate)
        {
            return snapshot is not { Rollbacks: { IsEmpty: false } rollbacks } ? 0
                : rollbacks.Length - (snapshot.Progress?.Phase == "training" ? 0 : 1);
        }
    }

    private long LastEvent()
    {
        lock (gate)
        {
            return snapshot is { Events: [.., var last] } ? last.Sequence : 0;
        }
    }

    /// <summary>What was read, with the parts that have not changed being the objects known: then nothing is drawn again for them.</summary>
    private static RunSnapshot Reconcile(RunSnapshot known, RunSnapshot read) => read with
    {
        Specification = known.Specification,
        Events = Merge(known.Events, read.Events),
        Checkpoints = Same(known.Checkpoints, read.Checkpoints),
        Sweeps = Same(known.Sweeps, read.Sweeps),
        Extractions = Same(known.Extractions, read.Extractions),
        Rollbacks = Same(known.Rollbacks, read.Rollbacks),
    };

    /// <summary>Events of two overlapping stretches of a run's history, in order, each once.</summary>
    private static ImmutableArray<RunEvent> Merge(ImmutableArray<RunEvent> known, ImmutableArray<RunEvent> read)
    {
        if (known.IsEmpty || read.IsEmpty || read[^1].Sequence <= known[^1].Sequence)
        {
            return known.IsEmpty ? read : known;
        }

        var merged = known.AddRange(read.Where(e => e.Sequence > known[^1].Sequence));
        return merged.Length > MaxEvents ? merged[^MaxEvents..] : merged;
    }

    private static ImmutableArray<T> Same<T>(ImmutableArray<T> known, ImmutableArray<T> read) => known.SequenceEqual(read) ? known : read;

    private static bool Set<T>(ref T field, T value)
    {
        if (EqualityComparer<T>.Default.Equals(field, value))
        {
            return false;
        }

        field = value;
        return true;
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static WorkError ErrorOf(Exception e) => (e as PoaException)?.Error ?? new WorkError(
        ErrorCodes.HostUnreachable, $"The run cannot be followed at the moment: {e.Message}", "It is tried again by itself; see whether the host runs.", Retryable: true);
}
