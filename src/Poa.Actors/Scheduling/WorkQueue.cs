using System.Collections.Immutable;

namespace Poa.Actors;

/// <summary>
/// The rules of queue and leases, as functions from state to state. Which work is next, and which has to make room, is in the part
/// <c>Choice</c>; what concerns several shards that work together in <c>Gangs</c>.
/// </summary>
internal static partial class WorkQueue
{
    /// <summary>Groups whose last service is remembered; a forgotten one only gets its turn a little earlier.</summary>
    private const int ServedLimit = 256;

    /// <summary>
    /// Adds work; work that is known is left alone, unless it is being put down on its owner's request: then it is queued again
    /// afterwards (after other stops its owner asks for that anyway).
    /// </summary>
    public static SchedulerState Enqueue(SchedulerState state, WorkRequest request, DateTimeOffset now)
    {
        if (Known(state, request) is { } known)
        {
            return known is { Lease: not null, StopRequested: StopReason.Pause or StopReason.Cancel, Again: false }
                ? Replace(state, known with { Again = true })
                : state;
        }

        return state with
        {
            Work = state.Work.Add(new WorkEntry
            {
                WorkId = request.WorkId,
                Work = request.Work,
                Owner = request.Owner,
                Priority = request.Priority,
                Shards = request.Shards,
                MinimumShards = request.MinimumShards,
                NotBefore = now + request.Delay,
            }),
        };
    }

    /// <summary>Gives work to shards, as many as there are seats, under new tokens that follow each other.</summary>
    public static SchedulerState Grant(SchedulerState state, string workId, IReadOnlyList<Seat> seats, DateTimeOffset now)
    {
        var entry = Find(state, workId)!;
        var first = state.LastToken + 1;
        var last = state.LastToken + seats.Count;
        var served = state.Served.SetItem(entry.Group, last);
        if (served.Count > ServedLimit)
        {
            served = served.Remove(served.MinBy(pair => pair.Value).Key);
        }

        var leased = entry with { Attempt = entry.Attempt + 1, StopRequested = null, Again = false };
        ImmutableArray<GangMember> members = [.. seats.Select((seat, rank) => new GangMember(seat.Shard, first + rank, seat.Address))];
        return state with
        {
            Work = state.Work.InsertRange(
                state.Work.IndexOf(entry) + 1,
                seats.Select((seat, rank) => Member(leased, rank, members) with { Lease = new Assignment(first + rank, seat.Shard, seat.Incarnation, now, seat.Silo?.ToParsableString()) })).Remove(entry),
            LastToken = last,
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

        var again = requeueAfter is not null || entry.Again;
        var notBefore = Later(entry.NotBefore, now + (requeueAfter ?? TimeSpan.Zero));
        return Others(state, entry).FirstOrDefault() is { } other
            // A gang is queued again when its last member has put its part down.
            ? Remove(again ? Replace(state, other with { Again = true, NotBefore = Later(other.NotBefore, notBefore) }) : state, workId)
            : again
                ? state with { Work = state.Work.Replace(entry, Waiting(entry) with { NotBefore = notBefore }) }
                : Remove(state, workId);
    }

    /// <summary>Marks leases as lost, and with one of a gang all of it; their owners are told next.</summary>
    public static SchedulerState Lose(SchedulerState state, Func<WorkEntry, WorkError?> judge)
    {
        foreach (var entry in state.Work)
        {
            if (entry is { Lease: not null, Lost: null } && judge(entry) is { } error)
            {
                foreach (var member in Others(state, entry).Where(other => other.Lost is null).Append(entry))
                {
                    state = Replace(state, member with { Lost = error });
                }
            }
        }

        return state;
    }

    /// <summary>
    /// Takes a shard out of service and asks what it has to stop. The others of a gang with a shard there stop too, to go on without it.
    /// </summary>
    public static SchedulerState Drain(SchedulerState state, KnownShard shard)
    {
        state = state with { Shards = state.Shards.SetItem(shard.Shard, shard with { IsDrained = true }) };
        return RegroupAround(Stop(state, entry => entry.Lease?.Shard == shard.Shard, StopReason.Drain), shard.Shard);
    }

    /// <summary>Asks work to stop, unless it was asked for a reason that is as urgent.</summary>
    public static SchedulerState Stop(SchedulerState state, Func<WorkEntry, bool> which, StopReason reason)
    {
        bool IsAsked(WorkEntry entry) => entry is { Lease: not null, Lost: null } && Urgency(entry.StopRequested) < Urgency(reason) && which(entry);
        return state.Work.Any(IsAsked)
            ? state with { Work = [.. state.Work.Select(entry => IsAsked(entry) ? entry with { StopRequested = reason } : entry)] }
            : state;
    }

    /// <summary>What shards are to be told of a change: what they have to stop that they had not to stop before.</summary>
    public static IEnumerable<(string Shard, StopRequest Request)> Stops(SchedulerState before, SchedulerState after)
    {
        foreach (var entry in after.Work.Where(entry => entry.Lease is not null && (entry.Lost is not null || entry.StopRequested is not null)))
        {
            var reason = entry.Lost is null ? entry.StopRequested!.Value : StopReason.LeaseLost;
            if (Find(before, entry.WorkId) is { Lease: not null } old && (old.Lost is null ? old.StopRequested : StopReason.LeaseLost) != reason)
            {
                yield return (entry.Lease!.Shard, new StopRequest(entry.WorkId, entry.Lease.FencingToken, reason));
            }
        }
    }

    /// <summary>Cuts waits that end later than a time.</summary>
    public static SchedulerState WaitNoLonger(SchedulerState state, DateTimeOffset until) => state.Work.Any(entry => entry.NotBefore > until)
        ? state with { Work = [.. state.Work.Select(entry => entry.NotBefore > until ? entry with { NotBefore = until } : entry)] }
        : state;

    /// <summary>Finds work by its id.</summary>
    public static WorkEntry? Find(SchedulerState state, string workId)
    {
        foreach (var entry in state.Work)
        {
            if (entry.WorkId == workId)
            {
                return entry;
            }
        }

        return null;
    }

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

    /// <summary>What people asked for outranks what the cluster needs, and cancelling outranks pausing, never the other way round.</summary>
    private static int Urgency(StopReason? reason) => reason switch
    {
        null => 0,
        StopReason.Pause => 2,
        StopReason.Cancel => 3,
        _ => 1,
    };

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}

/// <summary>A free shard, as a lease needs to know it.</summary>
/// <param name="Shard">Its key.</param>
/// <param name="Incarnation">The life of its worker process.</param>
/// <param name="Address">Where its process takes connections of other members of a gang.</param>
/// <param name="Silo">The silo of its process.</param>
internal readonly record struct Seat(string Shard, string Incarnation, string? Address = null, SiloAddress? Silo = null);
