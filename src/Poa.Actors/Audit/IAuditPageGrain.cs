using System.Collections.Immutable;

namespace Poa.Actors;

/// <summary>One page of the audit log, keyed by its number from 0.</summary>
[Alias("poa.IAuditPageGrain")]
internal interface IAuditPageGrain : IGrainWithIntegerKey
{
    /// <summary>Adds an entry under the next sequence number; acknowledged once it is stored.</summary>
    /// <param name="entry">The entry.</param>
    /// <returns>The entry as stored; null if the page is full.</returns>
    [Alias("Append")]
    Task<AuditEntry?> AppendAsync(AuditEntry entry);

    /// <summary>What is stored, oldest first.</summary>
    [Alias("Read")]
    Task<ImmutableArray<AuditEntry>> ReadAsync();
}
