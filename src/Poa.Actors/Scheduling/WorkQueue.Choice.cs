namespace Poa.Actors;

/// <summary>Which work is next, and which has to make room for it.</summary>
internal static partial class WorkQueue
{
    /// <summary>
    /// The work that is to get free shards, and how many of them; null if none is to get one. The order: higher priority; the group
    /// (run or sweep) that holds the fewest shards; the group served longest ago; short work before training; first come. A gang gets at
    /// least its minimum at once or nothing; while other groups of its priority wait, no more than an even share beyond that. As long as work
    /// that ends by itself, or is being put down, can make up what it lacks, free shards are kept for it; if they cannot suffice, it is passed over.
    /// </summary>
    public static (WorkEntry Entry, int Shards)? Next(SchedulerState state, int free, DateTimeOffset now)
    {
        if (free == 0)
        {
            return null;
        }

        var order = new Order(state);
        HashSet<string>? passed = null;
        while (true)
        {
            WorkEntry? best = null;
            foreach (var entry in state.Work)
            {
                if (IsReady(entry, now) && (best is null || order.Compare(entry, best) < 0) && passed?.Contains(entry.WorkId) != true)
                {
                    best = entry;
                }
            }

            if (best is not { IsGang: true })
            {
                return best is null ? null : (best, 1);
            }

            if (free >= best.MinimumShards)
            {
                var contenders = state.Work.Where(entry => entry.Priority == best.Priority && IsReady(entry, now)).Select(entry => entry.Group).Distinct().Count();
                return (best, Math.Min(Math.Min(best.Shards, free), Math.Max(best.MinimumShards, (free + contenders - 1) / contenders)));
            }

            if (free + state.Work.Count(entry => IsSoonFree(state, entry)) >= best.MinimumShards)
            {
                return null;
            }

            (passed ??= []).Add(best.WorkId);
        }
    }

    /// <summary>
    /// Asks lower work to stop with a checkpoint and make room for work whose priority is higher by at least <paramref name="difference"/>
    /// and that the free shards, and those that are being vacated, do not suffice for: the lowest first, then what was begun last.
    /// Nothing is stopped where that would not suffice either.
    /// </summary>
    public static SchedulerState Preempt(SchedulerState state, int free, int difference, DateTimeOffset now)
    {
        var highest = state.Work.Where(entry => IsReady(entry, now)).Select(entry => entry.Priority).DefaultIfEmpty(int.MinValue).Max();
        var lowest = state.Work.Where(MayBePreempted).Select(entry => entry.Priority).DefaultIfEmpty(int.MaxValue).Min();
        if ((long)highest - difference < lowest)
        {
            return state;
        }

        var room = free + state.Work.Count(entry => entry is { StopRequested: not null } && IsSoonFree(state, entry));
        foreach (var waiting in state.Work.Where(entry => IsReady(entry, now)).Order(new Order(state)))
        {
            if ((long)waiting.Priority - difference < lowest)
            {
                break;
            }

            var (need, next, vacated) = (waiting.MinimumShards, state, room);
            while (vacated < need && next.Work
                .Where(entry => MayBePreempted(entry) && entry.Priority <= waiting.Priority - difference && !state.IsDrained(entry.Lease!.Shard))
                .OrderBy(entry => entry.Priority).ThenByDescending(entry => entry.Lease!.FencingToken).FirstOrDefault() is { } victim)
            {
                var before = next;
                next = Stop(next, entry => entry.WorkId == victim.WorkId || (victim.IsGang && entry.IsGang && entry.Owner == victim.Owner), StopReason.Preempt);
                vacated += next.Work.Count(entry => entry.StopRequested == StopReason.Preempt) - before.Work.Count(entry => entry.StopRequested == StopReason.Preempt);
            }

            if (vacated >= need)
            {
                (state, room) = (next, vacated - need);
            }
        }

        return state;
    }

    private static bool IsReady(WorkEntry entry, DateTimeOffset now) => entry.Lease is null && entry.NotBefore <= now;

    /// <summary>Extractions and calibrations end sooner than they would be put down.</summary>
    private static bool MayBePreempted(WorkEntry entry) => entry is { IsRunning: true, Work: TrainingShardWork or EvaluationWork };

    private static bool IsSoonFree(SchedulerState state, WorkEntry entry) =>
        entry is { Lease: { } lease, Lost: null } && (entry.StopRequested is not null || entry.Work is not TrainingShardWork) && !state.IsDrained(lease.Shard);

    /// <summary>The order in which waiting work is served; what comes first is less. Work that is equal in all is served in the order of arrival.</summary>
    private sealed class Order : IComparer<WorkEntry>
    {
        private readonly SchedulerState _state;
        private readonly Dictionary<string, int> _held = [];

        public Order(SchedulerState state)
        {
            _state = state;
            foreach (var entry in state.Work)
            {
                if (entry is { Lease: not null, Lost: null })
                {
                    _held[entry.Group] = _held.GetValueOrDefault(entry.Group) + 1;
                }
            }
        }

        public int Compare(WorkEntry? x, WorkEntry? y)
        {
            var order = y!.Priority.CompareTo(x!.Priority);
            if (order != 0)
            {
                return order;
            }

            var (groupX, groupY) = (x.Group, y.Group);
            if (groupX != groupY)
            {
                order = _held.GetValueOrDefault(groupX).CompareTo(_held.GetValueOrDefault(groupY));
                order = order != 0 ? order : _state.Served.GetValueOrDefault(groupX).CompareTo(_state.Served.GetValueOrDefault(groupY));
            }

            return order != 0 ? order : (x.Work is TrainingShardWork).CompareTo(y.Work is TrainingShardWork);
        }
    }
}
