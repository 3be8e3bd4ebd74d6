using System.Collections.Immutable;

namespace Poa.Actors;

/// <summary>Stored state of the scheduler. Immutable, so that a write in the background always stores a consistent whole.</summary>
internal sealed record SchedulerState
{
    /// <summary>The last fencing token that was granted; tokens rise strictly over the life of the data base.</summary>
    public long LastToken { get; init; }

    /// <summary>Queued and leased work in the order of arrival.</summary>
    public ImmutableArray<WorkEntry> Work { get; init; } = [];

    /// <summary>For fairness: the token of the last lease that each group got, see <see cref="WorkEntry.Group"/>.</summary>
    public ImmutableDictionary<string, long> Served { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>Shards that live, that were lost not long ago, or that an operator has taken out of service, by key.</summary>
    public ImmutableDictionary<string, KnownShard> Shards { get; init; } = ImmutableDictionary<string, KnownShard>.Empty;

    /// <summary>True if an operator has taken the shard out of service.</summary>
    public bool IsDrained(string shard) => Shards.TryGetValue(shard, out var known) && known.IsDrained;
}

/// <summary>A piece of work in the scheduler's books.</summary>
internal sealed record WorkEntry
{
    public required string WorkId { get; init; }

    public required WorkItem Work { get; init; }

    public required WorkOwner Owner { get; init; }

    public int Priority { get; init; }

    /// <summary>How many shards are to work on it together.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>With how many it may be handed out.</summary>
    public int MinimumShards { get; init; } = 1;

    /// <summary>Its place among the leases that were granted together; null while it waits, and for work on one shard.</summary>
    public GangMembership? Gang { get; init; }

    /// <summary>Not to be handed out before.</summary>
    public DateTimeOffset NotBefore { get; init; }

    /// <summary>How often it was handed out.</summary>
    public int Attempt { get; init; }

    /// <summary>Who has it; null while it waits.</summary>
    public Assignment? Lease { get; init; }

    /// <summary>The worker was asked to stop.</summary>
    public StopReason? StopRequested { get; init; }

    /// <summary>It was queued again while a worker still puts it down.</summary>
    public bool Again { get; init; }

    /// <summary>The lease is lost and the owner has yet to be told.</summary>
    public WorkError? Lost { get; init; }

    /// <summary>True if it may be worked on by several shards; at the moment it may be one.</summary>
    public bool IsGang => Shards > 1;

    /// <summary>True if a shard works on it and is to go on.</summary>
    public bool IsRunning => this is { Lease: not null, Lost: null, StopRequested: null };

    /// <summary>What shares are fair between: runs, sweeps, all extractions of a run, all calibrations.</summary>
    public string Group => Owner.Kind is WorkOwnerKind.TrainingRun or WorkOwnerKind.Sweep ? $"{Owner.Kind}/{Owner.Key}" : $"{Owner.Kind}/{Work.Run}";
}

/// <summary>A lease in the scheduler's books.</summary>
/// <param name="FencingToken">Its token.</param>
/// <param name="Shard">Who holds it.</param>
/// <param name="Incarnation">The life of the worker process it was given to.</param>
/// <param name="Since">When it was given; null for one of the first version.</param>
/// <param name="Silo">The silo of that process, as <see cref="SiloAddress.ToParsableString"/> writes it; null for one of an earlier version.</param>
internal sealed record Assignment(long FencingToken, string Shard, string Incarnation, DateTimeOffset? Since = null, string? Silo = null);

/// <summary>What is stored of a shard, to list it although it is not there.</summary>
/// <param name="Shard">Its key.</param>
/// <param name="Device">Its device.</param>
/// <param name="LastSeen">A sign of life: the last one before this was stored.</param>
/// <param name="IsDrained">An operator has taken it out of service.</param>
internal sealed record KnownShard(string Shard, DeviceDescription Device, DateTimeOffset LastSeen, bool IsDrained = false);
