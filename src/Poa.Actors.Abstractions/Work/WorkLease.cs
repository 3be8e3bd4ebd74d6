namespace Poa.Actors.Abstractions;

/// <summary>
/// The right to do a piece of work on one device. It ends when the worker reports an end, when heartbeats stop, or when the worker
/// process is started anew.
/// </summary>
/// <param name="WorkId">Id of the work item, see <see cref="Abstractions.WorkId"/>.</param>
/// <param name="FencingToken">Rises strictly over all leases ever granted; every report carries it, and a stale one is refused.</param>
/// <param name="Shard">The shard that holds the lease: <see cref="ShardKey"/> as text.</param>
/// <param name="Work">What to do.</param>
/// <param name="Owner">The grain that takes the reports.</param>
/// <param name="Attempt">How often this item has been handed out, from 1.</param>
/// <param name="Gang">Its place among the leases of a run that works on several shards together; null for work on one.</param>
[GenerateSerializer, Immutable, Alias("poa.WorkLease")]
public sealed record WorkLease(
    [property: Id(0)] string WorkId,
    [property: Id(1)] long FencingToken,
    [property: Id(2)] string Shard,
    [property: Id(3)] WorkItem Work,
    [property: Id(4)] WorkOwner Owner,
    [property: Id(5)] int Attempt,
    [property: Id(6)] GangMembership? Gang = null)
{
    /// <summary>The device within the worker, such as <c>cpu</c>.</summary>
    public string Device => ShardKey.Parse(Shard).Device;
}

/// <summary>Why work is to stop.</summary>
public enum StopReason
{
    /// <summary>Write a checkpoint, then stop; the run will be resumed.</summary>
    Pause,

    /// <summary>Write a checkpoint, then stop for good; work that has no checkpoints stops soon.</summary>
    Cancel,

    /// <summary>The host goes down in an orderly way: write a checkpoint, then stop; the work is handed out again.</summary>
    Shutdown,

    /// <summary>The lease is lost: stop at once, publish nothing more.</summary>
    LeaseLost,

    /// <summary>An operator drains the shard: write a checkpoint, then stop; the work is handed out again, to another shard.</summary>
    Drain,

    /// <summary>Work of a much higher priority waits for the device: write a checkpoint, then stop; the work is handed out again later.</summary>
    Preempt,

    /// <summary>The gang is to be formed anew, without a shard or with more of them: write a checkpoint, then stop; the work is handed out again.</summary>
    Regroup,
}

/// <summary>Address of the grain that owns a piece of work.</summary>
/// <param name="Kind">Which kind of grain.</param>
/// <param name="Key">Its key.</param>
[GenerateSerializer, Immutable, Alias("poa.WorkOwner")]
public sealed record WorkOwner([property: Id(0)] WorkOwnerKind Kind, [property: Id(1)] string Key);

/// <summary>Kinds of grains that own work.</summary>
public enum WorkOwnerKind
{
    /// <summary><see cref="ITrainingRunGrain"/>.</summary>
    TrainingRun,

    /// <summary><see cref="IExtractionJobGrain"/>.</summary>
    Extraction,

    /// <summary><see cref="IEvaluationSweepGrain"/>.</summary>
    Sweep,

    /// <summary><see cref="ICalibrationGrain"/>.</summary>
    Calibration,
}
