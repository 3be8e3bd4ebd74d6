using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Poa.Actors;

/// <summary>Metrics of the control plane, for OpenTelemetry and <c>dotnet-counters</c>. Listed in docs/cluster.md.</summary>
internal static class Instruments
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Poa.Actors";

    /// <summary>Tag: the kind of work, see <see cref="WorkId.KindOf"/>.</summary>
    private const string Kind = "poa.work.kind";

    private static readonly Meter Meter = new(MeterName);
    private static readonly ConcurrentDictionary<object, Func<SchedulerState>> Schedulers = [];

    private static readonly Counter<long> Granted = Meter.CreateCounter<long>("poa.leases.granted", "{lease}", "Leases granted to worker shards.");
    private static readonly Counter<long> Lost = Meter.CreateCounter<long>("poa.leases.lost", "{lease}", "Leases lost: the worker ended, was silent, or its gang lost a member.");
    private static readonly Counter<long> Ended = Meter.CreateCounter<long>("poa.jobs.ended", "{job}", "Runs, evaluations, extractions and calibrations that came to an end.");

    static Instruments()
    {
        Meter.CreateObservableGauge("poa.queue.length", () => Count(entry => entry.Lease is null), "{work}", "Work that waits for a worker shard.");
        Meter.CreateObservableGauge("poa.leases.held", () => Count(entry => entry.Lease is not null), "{lease}", "Work that a worker shard has.");
    }

    /// <summary>From now on this process tells of the scheduler's queue: it is activated here.</summary>
    /// <param name="scheduler">The grain.</param>
    /// <param name="state">Reads its state, from any thread.</param>
    public static void Watch(object scheduler, Func<SchedulerState> state) => Schedulers[scheduler] = state;

    /// <summary>From now on another process does.</summary>
    /// <param name="scheduler">The grain.</param>
    public static void Leave(object scheduler) => Schedulers.TryRemove(scheduler, out _);

    /// <summary>A lease was granted to each shard of a gang, or to the one that the work needs.</summary>
    public static void LeaseGranted(string workId, int shards) => Granted.Add(shards, Of(workId));

    /// <summary>A lease was lost.</summary>
    public static void LeaseLost(string workId, WorkError error) => Lost.Add(1, Of(workId), new("error.type", error.Code));

    /// <summary>A job came to an end.</summary>
    /// <param name="kind">As <see cref="WorkId.KindOf"/> has it.</param>
    /// <param name="outcome">The status it ended in.</param>
    public static void JobEnded(string kind, Enum outcome) =>
        Ended.Add(1, new(Kind, kind), new("poa.job.outcome", outcome.ToString().ToLowerInvariant()));

    private static KeyValuePair<string, object?> Of(string workId) => new(Kind, WorkId.KindOf(workId));

    // Each kind, also those of which there is nothing: a gauge that is not told keeps its last value.
    private static IEnumerable<Measurement<long>> Count(Func<WorkEntry, bool> which)
    {
        foreach (var state in Schedulers.Values)
        {
            var work = state().Work;
            foreach (var kind in WorkId.Kinds)
            {
                yield return new(work.Count(entry => WorkId.KindOf(entry.WorkId) == kind && which(entry)), new KeyValuePair<string, object?>(Kind, kind));
            }
        }
    }
}
