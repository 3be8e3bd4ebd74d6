namespace Poa.Actors;

/// <summary>What operators see of shards and do to them.</summary>
internal sealed partial class SchedulerGrain
{
    /// <inheritdoc/>
    public async Task<ShardStanding> DrainShardAsync(string shard, CancellationToken cancellationToken = default)
    {
        var book = Listed(shard);
        if (!State.IsDrained(shard))
        {
            LogDrained(shard);
        }

        await ChangeAsync(WorkQueue.Drain(State, new KnownShard(shard, book.Device, book.LastSeen)));
        return Standing(book);
    }

    /// <inheritdoc/>
    public async Task<ShardStanding> ResumeShardAsync(string shard, CancellationToken cancellationToken = default)
    {
        var book = Listed(shard);
        if (State.IsDrained(shard))
        {
            LogResumed(shard);
            await NoteShardAsync(book, isDrained: false);
            Dispatch();
        }

        return Standing(book);
    }

    /// <inheritdoc/>
    public Task<SchedulerSnapshot> GetSnapshotAsync(CancellationToken cancellationToken = default) => Task.FromResult(new SchedulerSnapshot(
        [.. State.Work.Select(entry => new WorkStanding(
            entry.WorkId, entry.Owner, entry.Lease?.Shard, entry.Lease?.FencingToken ?? 0, entry.Attempt, entry.NotBefore,
            entry.Priority, entry.Gang?.Rank ?? 0, entry.Gang?.World ?? 1))],
        [.. ListedShards().Select(Standing)]));

    private Task NoteShardAsync(ShardBook book, bool isDrained) => _books.SaveAsync(State with
    {
        Shards = State.Shards.SetItem(book.Shard, new KnownShard(book.Shard, book.Device, book.LastSeen, isDrained)),
    });

    private IEnumerable<ShardBook> ListedShards() =>
        _shards.Values.Where(book => State.Shards.ContainsKey(book.Shard)).OrderBy(book => book.Shard, StringComparer.Ordinal);

    private ShardBook Listed(string shard) => ListedShards().FirstOrDefault(book => book.Shard == shard) ?? throw new PoaException(
        ErrorCodes.ShardNotFound,
        $"There is no worker shard '{shard}'.",
        ListedShards().Any() ? $"Choose one of {string.Join(", ", ListedShards().Select(book => book.Shard))}." : "Start a host with a device: poa up");

    private ShardStanding Standing(ShardBook book)
    {
        var work = State.Work.FirstOrDefault(entry => entry.Lease?.Shard == book.Shard);
        var drained = State.IsDrained(book.Shard);
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
            !book.IsRegistered || IsGone(book, time.GetUtcNow()));
    }

    /// <summary>Shards that went long ago are forgotten, unless a lease or an operator's drain keeps them.</summary>
    private async Task ForgetLostShardsAsync(DateTimeOffset now)
    {
        foreach (var book in _shards.Values.Where(book => SilenceOf(book, now) > _options.LeaseTimeout + _options.LostShardListing).ToList())
        {
            if (!State.IsDrained(book.Shard) && State.Work.All(entry => entry.Lease?.Shard != book.Shard))
            {
                _shards.Remove(book.Shard);
                await _books.SaveAsync(State with { Shards = State.Shards.Remove(book.Shard) });
            }
        }
    }

    /// <summary>Shards that the stored state speaks of, until they are heard of; they get the full time to report.</summary>
    private void RecallShards(DateTimeOffset now)
    {
        _awakeSince = now;
        foreach (var shard in State.Shards.Values)
        {
            _shards.Add(shard.Shard, new ShardBook(shard.Shard, incarnation: "", shard.Device) { LastSeen = shard.LastSeen });
        }

        foreach (var lease in State.Work.Select(entry => entry.Lease).OfType<Assignment>())
        {
            _shards.TryAdd(lease.Shard, new ShardBook(lease.Shard, lease.Incarnation, new DeviceDescription(ShardKey.Parse(lease.Shard).Device, "")));
        }
    }
}
