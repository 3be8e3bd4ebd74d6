using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Poa.Actors;

/// <summary>A page of the audit log. Reentrant: entries that come while it is being written share the next write.</summary>
[Reentrant]
[GrainType("audit-page"), ControlPlacementFilter]
internal sealed class AuditPageGrain(
    [PersistentState("audit-page", StorageNames.Provider)] IPersistentState<AuditPageState> storage, TimeProvider time) : Grain, IAuditPageGrain
{
    /// <summary>Entries of a full page. Part of the stored form: another number needs a migration.</summary>
    public const int Capacity = 500;

    private GroupCommit<AuditPageState> _page = null!;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _page = new GroupCommit<AuditPageState>(storage, this);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<AuditEntry?> AppendAsync(AuditEntry entry)
    {
        var entries = _page.Current.Entries;
        if (entries.Length >= Capacity)
        {
            return null;
        }

        var stored = entry with { Sequence = (this.GetPrimaryKeyLong() * Capacity) + entries.Length + 1, Time = time.GetUtcNow() };
        await _page.SaveAsync(new AuditPageState { Entries = entries.Add(stored) });
        return stored;
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<AuditEntry>> ReadAsync()
    {
        // An entry is shown only once it is stored, so that its number is never given to another.
        var page = _page.Current;
        await _page.SaveAsync(page);
        return page.Entries;
    }
}

/// <summary>Stored state of a page.</summary>
internal sealed record AuditPageState
{
    /// <summary>Oldest first.</summary>
    public ImmutableArray<AuditEntry> Entries { get; init; } = [];
}
