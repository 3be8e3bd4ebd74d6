namespace Poa.Actors;

/// <summary>What operators see of shards and do to them.</summary>
internal sealed partial class SchedulerGrain
{
    /// <inheritdoc/>
    public async Task<ShardStanding> DrainShardAsync(string shard, CancellationToken cancellationToken = default)
    {
        var book = Listed(shard);
        if (!State.Drained.ContainsKey(shard))
        {
            LogDrained(shard);
        }

        var next = WorkQueue.Drain(State, new DrainedShard(shard, book.Device, book.LastSeen));
        var stops = next.Work.Where(entry => entry is { Lost: null, StopRequested: StopReason.Drain } && entry.Lease!.Shard == shard).ToList();
        await _books.SaveAsync(next);
        foreach (var entry in stops)
        {
            SendStop(shard, new StopRequest(entry.WorkId, entry.Lease!.FencingToken, StopReason.Drain));
        }

        return Standing(book);
    }

    /// <inheritdoc/>
    public async Task<ShardStanding> ResumeShardAsync(string shard, CancellationToken cancellationToken = default)
    {
        var book = Listed(shard);
        if (State.Drained.ContainsKey(shard))
        {
            LogResumed(shard);
        }

        await _books.SaveAsync(State with { Drained = State.Drained.Remove(shard) });
        Dispatch();
        return Standing(book);
    }

    /// <inheritdoc/>
    public Task<SchedulerSnapshot> GetSnapshotAsync(CancellationToken cancellationToken = default) => Task.FromResult(new SchedulerSnapshot(
        [.. State.Work.Select(entry => new WorkStanding(
            entry.WorkId, entry.Owner, entry.Lease?.Shard, entry.Lease?.FencingToken ?? 0, entry.Attempt, entry.NotBefore))],
        [.. ListedShards().OrderBy(book => book.Shard, StringComparer.Ordinal).Select(Standing)]));

    /// <summary>Drained shards are listed before they have been heard of: somebody has to be able to resume them.</summary>
    private IEnumerable<ShardBook> ListedShards() => _shards.Values.Where(book => book.IsRegistered || State.Drained.ContainsKey(book.Shard));

    private ShardBook Listed(string shard) => ListedShards().FirstOrDefault(book => book.Shard == shard) ?? throw new PoaException(
        ErrorCodes.ShardNotFound,
        $"There is no worker shard '{shard}'.",
        ListedShards().Any() ? $"Choose one of {string.Join(", ", ListedShards().Select(book => book.Shard).Order())}." : "Start a host with a device: poa up");

    private ShardStanding Standing(ShardBook book)
    {
        var work = State.Work.FirstOrDefault(entry => entry.Lease?.Shard == book.Shard);
        var drained = State.Drained.ContainsKey(book.Shard);
        return new ShardStanding(
            book.Shard,
            book.Device,
            book.LastSeen,
            work?.WorkId,
            book.IsDraining || drained,
            book.Vitals,
            work?.Lease?.Since,
            drained,
            work?.Owner,
            !book.IsRegistered || IsSilent(book, time.GetUtcNow()));
    }

    private bool IsSilent(ShardBook book, DateTimeOffset now) => now - book.LastSeen > _options.LeaseTimeout;

    /// <summary>Shards that went long ago are forgotten, unless a lease or an operator's drain keeps them.</summary>
    private void ForgetLostShards(DateTimeOffset now)
    {
        foreach (var book in _shards.Values.Where(book => now - book.LastSeen > _options.LeaseTimeout + _options.LostShardListing).ToList())
        {
            if (!State.Drained.ContainsKey(book.Shard) && State.Work.All(entry => entry.Lease?.Shard != book.Shard))
            {
                _shards.Remove(book.Shard);
            }
        }
    }

    /// <summary>Shards that the stored state speaks of, until they are heard of.</summary>
    private void RecallShards(DateTimeOffset now)
    {
        foreach (var lease in State.Work.Select(entry => entry.Lease).OfType<Assignment>())
        {
            // Shards that hold leases get the full time to report after a restart of the scheduler.
            _shards.TryAdd(lease.Shard, new ShardBook(lease.Shard, lease.Incarnation, new DeviceDescription(ShardKey.Parse(lease.Shard).Device, ""))
            {
                LastSeen = now,
            });
        }

        foreach (var drained in State.Drained.Values)
        {
            _shards.TryAdd(drained.Shard, new ShardBook(drained.Shard, incarnation: "", drained.Device) { LastSeen = drained.LastSeen });
        }
    }
}
