using System.Collections.Immutable;

namespace Poa.Actors;

/// <summary>The rules of queue and leases, as functions from state to state.</summary>
internal static class WorkQueue
{
    /// <summary>Runs whose last service is remembered; a forgotten one only gets its turn a little earlier.</summary>
    private const int ServedLimit = 256;

    /// <summary>Adds work; work that is known is left alone, unless it is being put down: then it is queued again afterwards (after a drain its owner asks for that anyway).</summary>
    public static SchedulerState Enqueue(SchedulerState state, WorkRequest request, DateTimeOffset now)
    {
        if (Find(state, request.WorkId) is { } known)
        {
            return known is { Lease: not null, StopRequested: not (null or StopReason.Drain), Again: false } ? Replace(state, known with { Again = true }) : state;
        }

        return state with
        {
            Work = state.Work.Add(new WorkEntry
            {
                WorkId = request.WorkId,
                Work = request.Work,
                Owner = request.Owner,
                Priority = request.Priority,
                NotBefore = now + request.Delay,
            }),
        };
    }

    /// <summary>
    /// The work that a free shard is to get: by priority, then the run served longest ago, then short work before training, then
    /// first come.
    /// </summary>
    public static WorkEntry? Next(SchedulerState state, DateTimeOffset now) => state.Work
        .Where(entry => entry.Lease is null && entry.NotBefore <= now)
        .OrderByDescending(entry => entry.Priority)
        .ThenBy(entry => state.Served.GetValueOrDefault(entry.Work.Run))
        .ThenBy(entry => entry.Work is TrainingShardWork ? 1 : 0)
        .FirstOrDefault();

    /// <summary>Gives work to a shard under a new token.</summary>
    public static SchedulerState Grant(SchedulerState state, string workId, string shard, string incarnation, DateTimeOffset now)
    {
        var entry = Find(state, workId)!;
        var token = state.LastToken + 1;
        var served = state.Served.SetItem(entry.Work.Run, token);
        if (served.Count > ServedLimit)
        {
            served = served.Remove(served.MinBy(pair => pair.Value).Key);
        }

        return Replace(state, entry with
        {
            Lease = new Assignment(token, shard, incarnation, now),
            Attempt = entry.Attempt + 1,
            StopRequested = null,
            Again = false,
        }) with
        {
            LastToken = token,
            Served = served,
        };
    }

    /// <summary>Ends a lease; the work is queued again or dropped. A token that is not the present one changes nothing.</summary>
    public static SchedulerState Release(SchedulerState state, string workId, long token, TimeSpan? requeueAfter, DateTimeOffset now)
    {
        if (Find(state, workId) is not { Lease: { } lease } entry || lease.FencingToken != token)
        {
            return state;
        }

        if (requeueAfter is null && entry.Again)
        {
            requeueAfter = TimeSpan.Zero;
        }

        return requeueAfter is { } delay
            ? Replace(state, entry with { Lease = null, StopRequested = null, Again = false, Lost = null, NotBefore = now + delay })
            : Remove(state, workId);
    }

    /// <summary>Marks leases as lost; their owners are told next.</summary>
    public static SchedulerState Lose(SchedulerState state, Func<Assignment, WorkError?> judge)
    {
        foreach (var entry in state.Work)
        {
            if (entry is { Lease: { } lease, Lost: null } && judge(lease) is { } error)
            {
                state = Replace(state, entry with { Lost = error });
            }
        }

        return state;
    }

    /// <summary>
    /// Takes a shard out of service and asks what it has to stop; work that was asked to stop for another reason stops for that one.
    /// </summary>
    public static SchedulerState Drain(SchedulerState state, KnownShard shard) => state with
    {
        Shards = state.Shards.SetItem(shard.Shard, shard with { IsDrained = true }),
        Work = [.. state.Work.Select(entry => entry.Lease?.Shard == shard.Shard && entry is { Lost: null, StopRequested: null }
            ? entry with { StopRequested = StopReason.Drain }
            : entry)],
    };

    /// <summary>Finds work by its id.</summary>
    public static WorkEntry? Find(SchedulerState state, string workId) => state.Work.FirstOrDefault(entry => entry.WorkId == workId);

    /// <summary>Puts a changed entry in the place of the one with the same id.</summary>
    public static SchedulerState Replace(SchedulerState state, WorkEntry entry) => state with
    {
        Work = [.. state.Work.Select(other => other.WorkId == entry.WorkId ? entry : other)],
    };

    /// <summary>Drops work.</summary>
    public static SchedulerState Remove(SchedulerState state, string workId) => state with
    {
        Work = state.Work.RemoveAll(entry => entry.WorkId == workId),
    };
}
