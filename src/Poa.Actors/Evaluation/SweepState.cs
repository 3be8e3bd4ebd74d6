using System.Collections.Immutable;

namespace Poa.Actors;

/// <summary>Stored state of a sweep.</summary>
internal sealed record SweepState
{
    /// <summary>What was asked for; null before the sweep is started.</summary>
    public SweepSpecification? Specification { get; init; }

    /// <summary>The run's configuration, handed on to workers.</summary>
    public string ConfigurationYaml { get; init; } = "";

    /// <summary>The weights of the checkpoint when the sweep was started; null in sweeps of earlier versions.</summary>
    public string? CheckpointSha256 { get; init; }

    public SweepStatus Status { get; init; }

    /// <summary>It was given up; what runs is being stopped.</summary>
    public bool IsCancelling { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Evaluations in the order of the selection.</summary>
    public ImmutableArray<SweepJobState> Jobs { get; init; } = [];

    /// <summary>Batches that are not done with, in the order of their numbers.</summary>
    public ImmutableArray<SweepBatch> Batches { get; init; } = [];

    /// <summary>Number of the last batch; numbers are never reused.</summary>
    public int LastBatch { get; init; }

    /// <summary>Passes over the data that were started.</summary>
    public int Passes { get; init; }

    public EventLog Log { get; init; } = EventLog.Empty;

    /// <summary>Rises with every write.</summary>
    public long Version { get; init; }
}

/// <summary>One evaluation in the books of its sweep.</summary>
internal sealed record SweepJobState
{
    public required string SubNetwork { get; init; }

    public JobStatus Status { get; init; } = JobStatus.Pending;

    /// <summary>The job grain has given it to this sweep to compute.</summary>
    public bool IsClaimed { get; init; }

    /// <summary>A retry was asked for: also take it up if it is quarantined.</summary>
    public bool RetryFailed { get; init; }

    /// <summary>The result was there before the sweep.</summary>
    public bool IsReused { get; init; }

    /// <summary>How often it was handed to a worker.</summary>
    public int Attempts { get; init; }

    /// <summary>Errors that workers reported since its batch last came further.</summary>
    public FaultTally Faults { get; init; } = FaultTally.None;

    /// <summary>Tries in which the worker process was lost, since its batch last came further.</summary>
    public int WorkerLosses { get; init; }

    public WorkError? Error { get; init; }

    /// <summary>When it was last handed to a worker.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The worker that has it or had it last.</summary>
    public string? Shard { get; init; }

    /// <summary>Log of the last try that ended its worker, see <see cref="WorkLogName"/>.</summary>
    public string? Log { get; init; }
}

/// <summary>Evaluations that are computed in one pass over the data.</summary>
/// <param name="Number">Number within the sweep.</param>
/// <param name="SubNetworks">Names, in the order of the selection.</param>
/// <param name="NotBefore">Not to be handed out before.</param>
/// <param name="Lease">The lease on it.</param>
internal sealed record SweepBatch(int Number, ImmutableArray<string> SubNetworks, DateTimeOffset NotBefore, LeaseHold Lease);
