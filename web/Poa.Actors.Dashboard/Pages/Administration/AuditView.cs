namespace Poa.Actors.Dashboard.Pages.Administration;

/// <summary>A part of the audit log.</summary>
/// <param name="Entries">Newest first.</param>
/// <param name="NextBefore">Where the part before it ends; null at the beginning of the log.</param>
public sealed record AuditView(IReadOnlyList<AuditEntry> Entries, long? NextBefore);
