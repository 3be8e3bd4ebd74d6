namespace Poa.Actors;

/// <summary>Bounds and search of the texts of audit entries.</summary>
internal static class AuditTexts
{
    /// <summary>The entry with its texts cut to what may be stored.</summary>
    public static AuditEntry Bounded(AuditEntry entry) => entry with
    {
        User = Cut(entry.User, AuditEntry.MaxText),
        Role = Cut(entry.Role, AuditEntry.MaxText),
        Command = Cut(entry.Command, AuditEntry.MaxText),
        Target = Cut(entry.Target, AuditEntry.MaxText),
        Detail = Cut(entry.Detail, AuditEntry.MaxDetail),
        Address = Cut(entry.Address, AuditEntry.MaxText),
    };

    /// <summary>True if the entry meets all conditions.</summary>
    public static bool Fits(AuditEntry entry, AuditQuery query) =>
        (query.User is null || string.Equals(entry.User, query.User, StringComparison.OrdinalIgnoreCase)) &&
        (query.Command is null || string.Equals(entry.Command, query.Command, StringComparison.OrdinalIgnoreCase)) &&
        Paging.HasText(query.Text, entry.User, entry.Command, entry.Target, entry.Detail, entry.Address);

    /// <summary>Never leaves half of a surrogate pair, which could not be stored.</summary>
    private static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
