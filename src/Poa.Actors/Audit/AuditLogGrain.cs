using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Poa.Actors;

/// <summary>
/// The head of the audit log: knows the newest page. All pages before it are full. Reentrant, so that entries that come together
/// are stored together and a query does not wait for them.
/// </summary>
[Reentrant]
[GrainType("audit-log"), ControlPlacementFilter]
internal sealed class AuditLogGrain([PersistentState("audit-log", StorageNames.Provider)] IPersistentState<AuditLogState> storage)
    : Grain, IAuditLogGrain
{
    /// <summary>A query that finds little looks through this many pages, then hands back where it stands.</summary>
    private const int MaxPagesPerQuery = 40;

    private GroupCommit<AuditLogState> _head = null!;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _head = new GroupCommit<AuditLogState>(storage, this);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<AuditEntry> AppendAsync(AuditEntry entry, CancellationToken cancellationToken = default)
    {
        entry = AuditTexts.Bounded(entry);
        while (true)
        {
            var page = _head.Current.NewestPage;
            if (await Page(page).AppendAsync(entry) is { } stored)
            {
                return stored;
            }

            // The next page is known before it gets its first entry.
            await _head.SaveAsync(_head.Current.NewestPage == page ? new AuditLogState { NewestPage = page + 1 } : _head.Current);
        }
    }

    /// <inheritdoc/>
    public async Task<AuditPage> QueryAsync(AuditQuery query, CancellationToken cancellationToken = default)
    {
        if (query.Limit is < 1 or > AuditQuery.MaxLimit)
        {
            throw new PoaException(
                ErrorCodes.InvalidArgument, $"The limit of the query is {query.Limit}.", $"Choose one in [1, {AuditQuery.MaxLimit}].");
        }

        var before = query.Before ?? long.MaxValue;
        var newest = before - 2 < 0 ? -1 : Math.Min(_head.Current.NewestPage, (before - 2) / AuditPageGrain.Capacity);
        var found = ImmutableArray.CreateBuilder<AuditEntry>();
        for (var page = newest; page >= 0; page--)
        {
            if (page == newest - MaxPagesPerQuery)
            {
                return new AuditPage(found.ToImmutable(), ((page + 1) * AuditPageGrain.Capacity) + 1);
            }

            var entries = await Page(page).ReadAsync();
            foreach (var entry in entries.Reverse().Where(entry => entry.Sequence < before && AuditTexts.Fits(entry, query)))
            {
                found.Add(entry);
                if (found.Count == query.Limit)
                {
                    return new AuditPage(found.ToImmutable(), entry.Sequence > 1 ? entry.Sequence : null);
                }
            }
        }

        return new AuditPage(found.ToImmutable(), null);
    }

    private IAuditPageGrain Page(long number) => GrainFactory.GetGrain<IAuditPageGrain>(number);
}

/// <summary>Stored state of the head of the audit log.</summary>
internal sealed record AuditLogState
{
    /// <summary>Number of the newest page, from 0; it may be empty.</summary>
    public long NewestPage { get; init; }
}
