using System.Collections.Immutable;

namespace Poa.Actors.Abstractions;

/// <summary>Work to be queued.</summary>
/// <param name="WorkId">Its id, see <see cref="Abstractions.WorkId"/>.</param>
/// <param name="Work">What to do.</param>
/// <param name="Owner">Who hears of it.</param>
/// <param name="Priority">Higher goes first; see <see cref="WorkPriority"/>.</param>
/// <param name="Delay">Not to be handed out before this time has passed.</param>
/// <param name="Shards">How many shards it is to be worked on together, from 1; only training takes more than one.</param>
/// <param name="MinimumShards">With how many it may begin or go on, in [1, <paramref name="Shards"/>].</param>
[GenerateSerializer, Immutable, Alias("poa.WorkRequest")]
public sealed record WorkRequest(
    [property: Id(0)] string WorkId,
    [property: Id(1)] WorkItem Work,
    [property: Id(2)] WorkOwner Owner,
    [property: Id(3)] int Priority = 0,
    [property: Id(4)] TimeSpan Delay = default,
    [property: Id(5)] int Shards = 1,
    [property: Id(6)] int MinimumShards = 1);

/// <summary>What became of a request to take work back.</summary>
public enum WithdrawOutcome
{
    /// <summary>It was waiting, or unknown, and is not queued now: nobody works on it.</summary>
    Removed,

    /// <summary>A worker has it and was asked to stop: wait for its last report or for the loss of the lease.</summary>
    Stopping,
}

/// <summary>A shard that offers its device.</summary>
/// <param name="Shard">Its key.</param>
/// <param name="Incarnation">Differs with every start of the worker process.</param>
/// <param name="Device">Its device.</param>
/// <param name="Address">Where its process takes connections of other members of a gang; null if it takes none.</param>
/// <param name="Silo">The silo of its process: when the cluster holds that for dead, the shard is lost.</param>
[GenerateSerializer, Immutable, Alias("poa.ShardRegistration")]
public sealed record ShardRegistration(
    [property: Id(0)] string Shard,
    [property: Id(1)] string Incarnation,
    [property: Id(2)] DeviceDescription Device,
    [property: Id(3)] string? Address = null,
    [property: Id(4)] SiloAddress? Silo = null);

/// <summary>A sign of life.</summary>
/// <param name="Shard">Key of the shard.</param>
/// <param name="Incarnation">The life of the worker process.</param>
/// <param name="Leases">Leases that the shard works on.</param>
/// <param name="Vitals">How its process and machine are.</param>
[GenerateSerializer, Immutable, Alias("poa.ShardHeartbeat")]
public sealed record ShardHeartbeat(
    [property: Id(0)] string Shard,
    [property: Id(1)] string Incarnation,
    [property: Id(2)] ImmutableArray<HeldLease> Leases,
    [property: Id(3)] ShardVitals? Vitals = null);

/// <summary>A lease in short.</summary>
/// <param name="WorkId">The work item.</param>
/// <param name="FencingToken">Token of the lease.</param>
[GenerateSerializer, Immutable, Alias("poa.HeldLease")]
public sealed record HeldLease([property: Id(0)] string WorkId, [property: Id(1)] long FencingToken);

/// <summary>Answer to a sign of life.</summary>
/// <param name="IsRegistered">False if the scheduler does not know this life of the shard: it must register again.</param>
/// <param name="Stops">Work to stop.</param>
[GenerateSerializer, Immutable, Alias("poa.HeartbeatReply")]
public sealed record HeartbeatReply([property: Id(0)] bool IsRegistered, [property: Id(1)] ImmutableArray<StopRequest> Stops);

/// <summary>Work that a shard is to stop.</summary>
/// <param name="WorkId">The work item.</param>
/// <param name="FencingToken">Token of the lease.</param>
/// <param name="Reason">Why.</param>
[GenerateSerializer, Immutable, Alias("poa.StopRequest")]
public sealed record StopRequest([property: Id(0)] string WorkId, [property: Id(1)] long FencingToken, [property: Id(2)] StopReason Reason);

/// <summary>Queue, leases and shards.</summary>
/// <param name="Work">All work that is queued or leased, in the order of arrival.</param>
/// <param name="Shards">
/// Shards that live, shards lost not long ago, and shards that an operator has drained, in the order of their keys.
/// </param>
[GenerateSerializer, Immutable, Alias("poa.SchedulerSnapshot")]
public sealed record SchedulerSnapshot(
    [property: Id(0)] ImmutableArray<WorkStanding> Work,
    [property: Id(1)] ImmutableArray<ShardStanding> Shards);

/// <summary>Work as the scheduler sees it.</summary>
/// <param name="WorkId">The work item.</param>
/// <param name="Owner">Its owner.</param>
/// <param name="Shard">Who has it; null while it waits.</param>
/// <param name="FencingToken">Token of the lease, 0 while it waits.</param>
/// <param name="Attempt">How often it was handed out.</param>
/// <param name="NotBefore">While it waits: not before this time.</param>
/// <param name="Priority">Higher goes first.</param>
/// <param name="Rank">Place among the shards that work on it together, from 0.</param>
/// <param name="World">How many shards work on it together.</param>
[GenerateSerializer, Immutable, Alias("poa.WorkStanding")]
public sealed record WorkStanding(
    [property: Id(0)] string WorkId,
    [property: Id(1)] WorkOwner Owner,
    [property: Id(2)] string? Shard,
    [property: Id(3)] long FencingToken,
    [property: Id(4)] int Attempt,
    [property: Id(5)] DateTimeOffset NotBefore,
    [property: Id(6)] int Priority = 0,
    [property: Id(7)] int Rank = 0,
    [property: Id(8)] int World = 1);

/// <summary>A shard as the scheduler sees it.</summary>
/// <param name="Shard">Its key.</param>
/// <param name="Device">Its device.</param>
/// <param name="LastSeen">Last sign of life.</param>
/// <param name="WorkId">What it works on, or null.</param>
/// <param name="IsDraining">True if it takes no more work, for whichever reason.</param>
/// <param name="Vitals">How its process and machine were at the last sign of life; null before the first.</param>
/// <param name="LeaseSince">When it was given what it works on; null if it has nothing.</param>
/// <param name="IsDrainedByOperator">True from an operator's drain until the operator's resume.</param>
/// <param name="Owner">The run, extraction or sweep it works for, or null.</param>
/// <param name="IsLost">True if it has been silent for longer than a lease lasts.</param>
[GenerateSerializer, Immutable, Alias("poa.ShardStanding")]
public sealed record ShardStanding(
    [property: Id(0)] string Shard,
    [property: Id(1)] DeviceDescription Device,
    [property: Id(2)] DateTimeOffset LastSeen,
    [property: Id(3)] string? WorkId,
    [property: Id(4)] bool IsDraining,
    [property: Id(5)] ShardVitals? Vitals = null,
    [property: Id(6)] DateTimeOffset? LeaseSince = null,
    [property: Id(7)] bool IsDrainedByOperator = false,
    [property: Id(8)] WorkOwner? Owner = null,
    [property: Id(9)] bool IsLost = false);

/// <summary>How the process of a shard and its machine are.</summary>
/// <param name="CpuLoad">Part of the machine's processor time in use since the last measurement, over all cores, in [0, 1].</param>
/// <param name="MemoryUsed">Memory of the machine that is not available to new work, in bytes.</param>
/// <param name="MemoryTotal">Memory of the machine, in bytes.</param>
/// <param name="ProcessMemory">Resident memory of the worker process, in bytes.</param>
/// <param name="ProcessId">Id of the worker process.</param>
/// <param name="Host">Name of the machine.</param>
/// <param name="Version">Version of the software.</param>
/// <param name="StartedAt">When the worker process was started.</param>
[GenerateSerializer, Immutable, Alias("poa.ShardVitals")]
public sealed record ShardVitals(
    [property: Id(0)] double CpuLoad,
    [property: Id(1)] long MemoryUsed,
    [property: Id(2)] long MemoryTotal,
    [property: Id(3)] long ProcessMemory,
    [property: Id(4)] int ProcessId,
    [property: Id(5)] string Host,
    [property: Id(6)] string Version,
    [property: Id(7)] DateTimeOffset StartedAt);
