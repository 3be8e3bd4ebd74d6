using System.Collections.Immutable;

namespace Poa.Actors;

/// <summary>Stored state of a run.</summary>
internal sealed record RunState
{
    /// <summary>What was asked for; null before the run is created.</summary>
    public RunSpecification? Specification { get; init; }

    public RunStatus Status { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Progress as of the last write.</summary>
    public WorkProgress? Progress { get; init; }

    /// <summary>The course of the loss as of the last write.</summary>
    public LossTrend Trend { get; init; } = LossTrend.Empty;

    /// <summary>Checkpoints by iteration, ascending.</summary>
    public ImmutableArray<RunCheckpoint> Checkpoints { get; init; } = [];

    public EventLog Log { get; init; } = EventLog.Empty;

    public WorkError? Error { get; init; }

    /// <summary>The lease of rank 0. Its token is the generation of the gang, where there is one.</summary>
    public LeaseHold Lease { get; init; } = LeaseHold.None;

    /// <summary>The leases of the other members of the gang, from rank 1.</summary>
    public ImmutableArray<LeaseHold> Others { get; init; } = [];

    /// <summary>How often work was handed to a worker.</summary>
    public int Attempts { get; init; }

    /// <summary>Faults since the last new checkpoint.</summary>
    public FaultTally Faults { get; init; } = FaultTally.None;

    /// <summary>The rollbacks behind the run, oldest first.</summary>
    public ImmutableArray<RunRollback> Rollbacks { get; init; } = [];

    /// <summary>How many of them there were since somebody started or resumed it.</summary>
    public int RollbacksSinceRequest { get; init; }

    /// <summary>Where worker processes ended while they trained it, since the last new checkpoint.</summary>
    public ImmutableArray<InterruptedTraining> Interruptions { get; init; } = [];

    public ImmutableArray<string> Sweeps { get; init; } = [];

    public ImmutableArray<string> Extractions { get; init; } = [];

    /// <summary>Checkpoints that jobs use: user of the checkpoint to iteration.</summary>
    public ImmutableDictionary<string, long> Pins { get; init; } = ImmutableDictionary<string, long>.Empty;

    public WorkCost? Cost { get; init; }

    /// <summary>Rises with every write of the status; orders the catalog's entries.</summary>
    public long Version { get; init; }
}
