namespace Poa.Actors;

/// <summary>Hands out work and sees to it that owners and shards hear of it.</summary>
internal sealed partial class SchedulerGrain
{
    /// <summary>Leases that have arrived at their shard in this life of the scheduler.</summary>
    private readonly HashSet<long> _delivered = [];

    /// <summary>Deliveries under way, by token: one at a time for each lease.</summary>
    private readonly HashSet<long> _delivering = [];

    private DateTimeOffset _lastRound;

    /// <summary>One round: leases that ran out, then work for free shards, then messages that have not arrived.</summary>
    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - _lastRound > _options.LeaseTimeout / 2)
        {
            // This process itself stood still (a suspended machine, an overload): heartbeats had no chance to be heard.
            _awakeSince = now;
        }

        _lastRound = now;
        await LoseAsync(entry => LossOf(entry.Lease!, now));
        await ForgetLostShardsAsync(now);
        Dispatch();
    }

    private Task LoseAsync(Func<WorkEntry, WorkError?> judge) => ChangeAsync(WorkQueue.Lose(State, judge));

    /// <summary>Stores a state, then tells shards what they have to stop by it.</summary>
    private async Task ChangeAsync(SchedulerState next)
    {
        var before = State;
        var stops = WorkQueue.Stops(before, next).ToList();
        var lost = next.Work.Where(entry => entry.Lost is not null && WorkQueue.Find(before, entry.WorkId) is { Lost: null }).ToList();
        foreach (var entry in lost)
        {
            if (_shards.TryGetValue(entry.Lease!.Shard, out var book) && book.Incarnation == entry.Lease.Incarnation)
            {
                // Of a gang that lost another member: busy until it says that it has put its part down.
                book.Held = book.Held.Add(new HeldLease(entry.WorkId, entry.Lease.FencingToken));
            }
        }

        await _books.SaveAsync(next);
        foreach (var entry in lost)
        {
            LogLost(entry.WorkId, entry.Lease!.Shard, entry.Lease.FencingToken, entry.Lost!.Message);
            Instruments.LeaseLost(entry.WorkId, entry.Lost);
        }

        foreach (var (shard, request) in stops)
        {
            SendStop(shard, request);
        }
    }

    /// <summary>Shards that can be given work, in the order of their keys.</summary>
    private List<ShardBook> FreeShards(DateTimeOffset now)
    {
        var taken = State.Work.Where(entry => entry is { Lease: not null, Lost: null }).Select(entry => entry.Lease!.Shard).ToHashSet();
        return [.. _shards.Values
            .Where(book => book is { IsRegistered: true, IsDraining: false } && book.Held.IsEmpty && !IsGone(book, now) &&
                !State.IsDrained(book.Shard) && !taken.Contains(book.Shard))
            .OrderBy(book => book.Shard, StringComparer.Ordinal)];
    }

    /// <summary>Gives work to free shards, has work make room for what is far more urgent, and starts the deliveries; returns at once.</summary>
    private void Dispatch()
    {
        var now = time.GetUtcNow();
        var (before, next, free) = (State, State, FreeShards(now));
        while (WorkQueue.Next(next, free.Count, now) is { } choice)
        {
            var seats = free.GetRange(0, choice.Shards);
            free.RemoveRange(0, choice.Shards);
            next = WorkQueue.Grant(next, choice.Entry.WorkId, [.. seats.Select(book => book.Seat)], now);
            Instruments.LeaseGranted(choice.Entry.WorkId, seats.Count);
            LogGranted(choice.Entry.WorkId, string.Join(", ", seats.Select(book => book.Shard)), next.LastToken);
        }

        next = WorkQueue.Preempt(next, free.Count, _options.PreemptionDifference, now);
        var stored = _books.SaveAsync(next);
        stored.Ignore(); // a failed write puts the grain down; those who wait for it hear of it
        foreach (var (shard, request) in WorkQueue.Stops(before, next))
        {
            SendStop(shard, request);
        }

        foreach (var entry in next.Work)
        {
            if (entry.Lease is { } lease && (entry.Lost is not null || !_delivered.Contains(lease.FencingToken)) &&
                _delivering.Add(lease.FencingToken))
            {
                // Not awaited: deliveries wait for other grains, which may be waiting for this one.
                _ = DeliverAsync(entry, lease, stored);
            }
        }
    }

    private async Task DeliverAsync(WorkEntry entry, Assignment lease, Task stored)
    {
        var step = entry.Lost is null ? "grant" : "loss";
        try
        {
            await stored;
            var owner = GrainFactory.Owner(entry.Owner);
            if (entry.Lost is { } error)
            {
                var requeueAfter = await owner.LeaseLostAsync(entry.WorkId, lease.FencingToken, error);
                await _books.SaveAsync(WorkQueue.Release(State, entry.WorkId, lease.FencingToken, requeueAfter, time.GetUtcNow()));
                _delivered.Remove(lease.FencingToken);
                return;
            }

            var granted = new WorkLease(entry.WorkId, lease.FencingToken, lease.Shard, entry.Work, entry.Owner, entry.Attempt, entry.Gang);
            if (!await owner.LeaseGrantedAsync(granted))
            {
                await _books.SaveAsync(WorkQueue.Release(State, entry.WorkId, lease.FencingToken, null, time.GetUtcNow()));
                return;
            }

            // Still ours? The lease may have been lost while the owner stored it.
            if (WorkQueue.Find(State, entry.WorkId) is { Lost: null, Lease: { } present } && present.FencingToken == lease.FencingToken)
            {
                await GrainFactory.GetGrain<IWorkerShardGrain>(lease.Shard).AcceptAsync(granted);
                _delivered.Add(lease.FencingToken);
            }
        }
        catch (Exception e)
        {
            LogUndelivered(e, entry.WorkId, step);
        }
        finally
        {
            _delivering.Remove(lease.FencingToken);
            if (_delivered.Count > State.Work.Length + 16)
            {
                _delivered.IntersectWith(State.Work.Select(other => other.Lease?.FencingToken ?? 0));
            }
        }
    }

    /// <summary>Tells a shard to stop; a lost message is made good by the next heartbeat.</summary>
    private void SendStop(string shard, StopRequest request)
    {
        _ = SendAsync();

        async Task SendAsync()
        {
            try
            {
                await GrainFactory.GetGrain<IWorkerShardGrain>(shard).StopAsync(request);
            }
            catch (Exception e)
            {
                LogUndelivered(e, request.WorkId, "stop");
            }
        }
    }
}
