using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Poa.Actors;

/// <summary>
/// Queue and leases. Reentrant, so that the owners it talks to may call it meanwhile; the state is one immutable value, changed
/// without waiting in between and stored before anybody is told. What it tells owners and shards is repeated in each round until
/// it has arrived (part <c>Delivery</c>). What operators see and do is in the part <c>Operation</c>,
/// which shards are lost in <c>Liveness</c>.
/// </summary>
[Reentrant, KeepAlive]
[GrainType("scheduler"), ControlPlacementFilter]
internal sealed partial class SchedulerGrain(
    [PersistentState("scheduler", StorageNames.Provider)] IPersistentState<SchedulerState> storage,
    IClusterMembershipService membership,
    IOptions<PoaActorsOptions> options,
    TimeProvider time,
    ILogger<SchedulerGrain> logger) : Grain, ISchedulerGrain
{
    private readonly PoaActorsOptions _options = options.Value;
    private readonly ILogger _logger = logger;
    private readonly Dictionary<string, ShardBook> _shards = [];
    private GroupCommit<SchedulerState> _books = null!;

    private SchedulerState State => _books.Current;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _books = new GroupCommit<SchedulerState>(storage, this);
        var now = time.GetUtcNow();
        RecallShards(now);

        // Waits were noted on the clock of the silo that was the scheduler's before, which may differ by minutes.
        await _books.SaveAsync(WorkQueue.WaitNoLonger(State, now + _options.RetryDelay));
        this.RegisterGrainTimer(RoundAsync, new GrainTimerCreationOptions
        {
            DueTime = _options.TickInterval,
            Period = _options.TickInterval,
            Interleave = true,
        });
        Instruments.Watch(this, () => _books.Stored); // the newest state may be read within turns only
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Instruments.Leave(this);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task EnqueueAsync(WorkRequest request, CancellationToken cancellationToken = default)
    {
        await _books.SaveAsync(WorkQueue.Enqueue(State, request, time.GetUtcNow()));
        Dispatch();
    }

    /// <inheritdoc/>
    public async Task EnqueueAllAsync(ImmutableArray<WorkRequest> requests, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        await _books.SaveAsync(requests.Aggregate(State, (state, request) => WorkQueue.Enqueue(state, request, now)));
        Dispatch();
    }

    /// <inheritdoc/>
    public Task RegroupAsync(string workId, long generation, CancellationToken cancellationToken = default) =>
        ChangeAsync(WorkQueue.Regroup(State, workId, generation));

    /// <inheritdoc/>
    public Task GrowAsync(string workId, long generation, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        return ChangeAsync(WorkQueue.Grow(State, workId, generation, FreeShards(now).Count, now));
    }

    /// <inheritdoc/>
    public async Task DisbandAsync(string workId, long generation, WorkError error, CancellationToken cancellationToken = default)
    {
        await ChangeAsync(WorkQueue.Disband(State, workId, generation, error));
        Dispatch();
    }

    /// <inheritdoc/>
    public async Task<WithdrawOutcome> WithdrawAsync(string workId, StopReason reason, CancellationToken cancellationToken = default)
    {
        var entries = WorkQueue.Together(State, workId);
        if (entries.All(entry => entry.Lease is null))
        {
            await _books.SaveAsync(entries.Aggregate(State, (state, entry) => WorkQueue.Remove(state, entry.WorkId)));
            return WithdrawOutcome.Removed;
        }

        var next = entries.Where(entry => entry.Again).Aggregate(State, (state, entry) => WorkQueue.Replace(state, entry with { Again = false }));
        var ids = entries.Select(entry => entry.WorkId).ToHashSet();
        await ChangeAsync(WorkQueue.Stop(next, entry => ids.Contains(entry.WorkId), reason));
        return WithdrawOutcome.Stopping;
    }

    /// <inheritdoc/>
    public async Task RegisterShardAsync(ShardRegistration shard, CancellationToken cancellationToken = default)
    {
        if (!_shards.TryGetValue(shard.Shard, out var book))
        {
            book = new ShardBook(shard.Shard, shard.Incarnation, shard.Device);
            _shards.Add(shard.Shard, book);
        }

        if (!book.IsRegistered || book.Incarnation != shard.Incarnation)
        {
            LogRegistered(shard.Shard, shard.Incarnation, shard.Device.Description);
            book.IsDraining = false;
        }

        book.Incarnation = shard.Incarnation;
        book.Device = shard.Device;
        book.Address = shard.Address;
        book.Silo = shard.Silo;
        book.LastSeen = time.GetUtcNow();
        book.Held = [];
        book.IsRegistered = true;
        await NoteShardAsync(book, State.IsDrained(shard.Shard));
        var error = new WorkError(
            ErrorCodes.WorkerLost,
            $"The worker process of {shard.Shard} ended while it worked on this.",
            "Look at the host's log for the cause.",
            Retryable: true);
        await LoseAsync(entry => entry.Lease!.Shard == shard.Shard && entry.Lease.Incarnation != shard.Incarnation ? error : null);
        Dispatch();
    }

    /// <inheritdoc/>
    public Task<HeartbeatReply> HeartbeatAsync(ShardHeartbeat heartbeat, CancellationToken cancellationToken = default)
    {
        if (!_shards.TryGetValue(heartbeat.Shard, out var book) || !book.IsRegistered || book.Incarnation != heartbeat.Incarnation)
        {
            return Task.FromResult(new HeartbeatReply(false, []));
        }

        book.LastSeen = time.GetUtcNow();
        book.Held = heartbeat.Leases;
        book.Vitals = heartbeat.Vitals;
        foreach (var lease in State.Work.Select(entry => entry.Lease).OfType<Assignment>().Where(lease => lease.Shard == heartbeat.Shard))
        {
            if (heartbeat.Leases.All(held => held.FencingToken != lease.FencingToken))
            {
                // The shard does not know of its lease (the message was lost, or the grain was put down meanwhile): tell it again.
                _delivered.Remove(lease.FencingToken);
            }
        }

        var stops = heartbeat.Leases.Select(StopFor).OfType<StopRequest>().ToImmutableArray();
        Dispatch();
        return Task.FromResult(new HeartbeatReply(true, stops));
    }

    /// <inheritdoc/>
    public async Task ReleaseAsync(string workId, long fencingToken, TimeSpan? requeueAfter, CancellationToken cancellationToken = default)
    {
        if (WorkQueue.Find(State, workId) is { Lease: { } lease } && lease.FencingToken == fencingToken &&
            _shards.TryGetValue(lease.Shard, out var book))
        {
            book.Held = book.Held.RemoveAll(held => held.FencingToken == fencingToken);
        }

        await _books.SaveAsync(WorkQueue.Release(State, workId, fencingToken, requeueAfter, time.GetUtcNow()));
        Dispatch();
    }

    /// <inheritdoc/>
    public async Task DrainAsync(string shard, string incarnation, CancellationToken cancellationToken = default)
    {
        if (_shards.TryGetValue(shard, out var book) && book.Incarnation == incarnation && !book.IsDraining)
        {
            book.IsDraining = true;
            LogDraining(shard);
            await NoteShardAsync(book, State.IsDrained(shard));
            await ChangeAsync(WorkQueue.RegroupAround(State, shard));
        }
    }

    /// <summary>What a shard is to stop of what it works on: what it no longer holds, and what was asked to stop.</summary>
    private StopRequest? StopFor(HeldLease held) => WorkQueue.Find(State, held.WorkId) switch
    {
        { Lost: null, Lease: { } lease } entry when lease.FencingToken == held.FencingToken =>
            entry.StopRequested is { } reason ? new StopRequest(held.WorkId, held.FencingToken, reason) : null,
        _ => new StopRequest(held.WorkId, held.FencingToken, StopReason.LeaseLost),
    };
}
