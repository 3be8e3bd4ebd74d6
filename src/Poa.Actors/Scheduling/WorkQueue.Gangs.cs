using System.Collections.Immutable;

namespace Poa.Actors;

/// <summary>
/// Several shards that work on one run together. In the queue a gang is one entry, that of rank 0. Granted, it becomes an entry for
/// each member, and these end together: there is never a part of a gang in the queue beside a part that is leased.
/// </summary>
internal static partial class WorkQueue
{
    /// <summary>Asks the members on other shards to stop when a member's shard is about to go.</summary>
    public static SchedulerState RegroupAround(SchedulerState state, string shard) => state.Work
        .Where(entry => entry.IsGang && entry.Lease?.Shard == shard)
        .Aggregate(state, (next, gone) => Stop(next, entry => entry.IsGang && entry.Owner == gone.Owner && entry.Lease!.Shard != shard, StopReason.Regroup));

    /// <summary>Asks all members of one generation to stop, to be formed anew.</summary>
    public static SchedulerState Regroup(SchedulerState state, string workId, long generation) =>
        Stop(state, entry => IsOf(entry, workId, generation), StopReason.Regroup);

    /// <summary>
    /// Has a gang with fewer members than it asks for formed anew, if there is a free shard that no other work waits for. To be called
    /// when it has published a checkpoint: at most one forming for each, and little is computed twice.
    /// </summary>
    public static SchedulerState Grow(SchedulerState state, string workId, long generation, int free, DateTimeOffset now)
    {
        var members = state.Work.Where(entry => IsOf(entry, workId, generation)).ToList();
        return free > 0 && members.Count > 0 && members.Count < members[0].Shards && members.TrueForAll(member => member.IsRunning) &&
            !state.Work.Any(entry => IsReady(entry, now))
            ? Regroup(state, workId, generation)
            : state;
    }

    /// <summary>Marks the leases of one generation as lost.</summary>
    public static SchedulerState Disband(SchedulerState state, string workId, long generation, WorkError error) =>
        Lose(state, entry => IsOf(entry, workId, generation) ? error : null);

    /// <summary>The entries that a command on some work means: all members of its gang.</summary>
    public static IReadOnlyList<WorkEntry> Together(SchedulerState state, string workId) =>
        Find(state, workId) is { IsGang: false } alone
            ? [alone]
            : [.. state.Work.Where(entry => entry.WorkId == workId || (entry.IsGang && HeadOf(entry) == workId))];

    private static bool IsOf(WorkEntry entry, string workId, long generation) =>
        entry is { IsGang: true, Lease: { } lease } && HeadOf(entry) == workId && (entry.Gang?.Generation ?? lease.FencingToken) == generation;

    /// <summary>Work that is in the books already: for a gang any of its members.</summary>
    private static WorkEntry? Known(SchedulerState state, WorkRequest request) =>
        Find(state, request.WorkId) ?? state.Work.FirstOrDefault(entry => entry.IsGang && entry.Owner == request.Owner);

    private static IEnumerable<WorkEntry> Others(SchedulerState state, WorkEntry entry) =>
        entry.IsGang ? state.Work.Where(other => other.IsGang && other.Owner == entry.Owner && other.WorkId != entry.WorkId) : [];

    private static string HeadOf(WorkEntry entry) => WorkId.Training(entry.Work.Run, shard: 0);

    private static WorkEntry Member(WorkEntry entry, int rank, ImmutableArray<GangMember> members) => members.Length == 1 ? entry : entry with
    {
        WorkId = WorkId.Training(entry.Work.Run, rank),
        Work = (TrainingShardWork)entry.Work with { Shard = rank, ShardCount = members.Length },
        Gang = new GangMembership(members[0].FencingToken, rank, members),
    };

    /// <summary>The entry as it waits: for a gang that of rank 0.</summary>
    private static WorkEntry Waiting(WorkEntry entry)
    {
        entry = entry with { Lease = null, StopRequested = null, Again = false, Lost = null, Gang = null };
        return entry is { IsGang: true, Work: TrainingShardWork work } ? entry with { WorkId = HeadOf(entry), Work = work with { Shard = 0, ShardCount = 1 } } : entry;
    }
}
