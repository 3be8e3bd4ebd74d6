namespace Poa.Actors.Abstractions;

/// <summary>Who asked for what and when, key 0. Entries are only ever added.</summary>
[Alias("poa.IAuditLogGrain")]
public interface IAuditLogGrain : IGrainWithIntegerKey
{
    /// <summary>Adds an entry; acknowledged once it is stored.</summary>
    /// <param name="entry">The entry; sequence and time are given by the log, texts that are too long are cut.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <returns>The entry as stored.</returns>
    [Alias("Append")]
    Task<AuditEntry> AppendAsync(AuditEntry entry, CancellationToken cancellationToken = default);

    /// <summary>One page of the entries that fit, newest first.</summary>
    /// <param name="query">Which ones.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PoaException">The limit is out of range (<see cref="ErrorCodes.InvalidArgument"/>).</exception>
    [Alias("Query")]
    Task<AuditPage> QueryAsync(AuditQuery query, CancellationToken cancellationToken = default);
}
