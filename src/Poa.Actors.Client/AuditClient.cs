namespace Poa.Actors.Client;

/// <summary>The audit log: who asked for what and when.</summary>
public sealed class AuditClient
{
    private readonly PoaClient _client;

    internal AuditClient(PoaClient client) => _client = client;

    /// <summary>Adds an entry; returns once it is stored.</summary>
    /// <param name="entry">The entry; sequence and time are given by the log, texts that are too long are cut.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <returns>The entry as stored.</returns>
    public Task<AuditEntry> AppendAsync(AuditEntry entry, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(() => Log().AppendAsync(entry, cancellationToken));

    /// <summary>One page of the log, newest first.</summary>
    /// <param name="query">Which entries.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PoaException">The limit is out of range.</exception>
    public Task<AuditPage> QueryAsync(AuditQuery query, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(() => Log().QueryAsync(query, cancellationToken));

    private IAuditLogGrain Log() => _client.Cluster.GetGrain<IAuditLogGrain>(0);
}
