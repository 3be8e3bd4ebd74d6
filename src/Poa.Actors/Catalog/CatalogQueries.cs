namespace Poa.Actors;

/// <summary>Queries over the entries of the run index.</summary>
internal static class CatalogQueries
{
    /// <summary>One page of the entries that fit.</summary>
    /// <exception cref="PoaException">Offset or limit is negative.</exception>
    public static CatalogPage Page(IEnumerable<CatalogEntry> entries, CatalogQuery query)
    {
        Paging.Check(query.Offset, query.Limit);
        var anyStatus = entries.Where(entry => Fits(entry, query)).ToList();
        var chosen = query.Statuses.IsDefaultOrEmpty ? anyStatus : anyStatus.FindAll(entry => query.Statuses.Contains(entry.Status));
        return new CatalogPage(
            chosen.Count,
            Paging.Counts(anyStatus, entry => entry.Status),
            [.. Sorted(chosen, query).Skip(query.Offset).Take(query.Limit)]);
    }

    private static bool Fits(CatalogEntry entry, CatalogQuery query) =>
        Paging.HasText(query.Text, entry.RunId, entry.Name, entry.Data, entry.CreatedBy) &&
        query.Labels.All(label => entry.Labels.TryGetValue(label.Key, out var value) && value == label.Value);

    private static IEnumerable<CatalogEntry> Sorted(IEnumerable<CatalogEntry> entries, CatalogQuery query)
    {
        var sorted = query.Sort switch
        {
            CatalogSort.Created => By(entries, entry => entry.CreatedAt, query.Ascending),
            CatalogSort.Name => query.Ascending
                ? entries.OrderBy(Title, StringComparer.OrdinalIgnoreCase)
                : entries.OrderByDescending(Title, StringComparer.OrdinalIgnoreCase),
            CatalogSort.Status => By(entries, entry => entry.Status, query.Ascending),
            CatalogSort.Progress => ByNumber(entries, Part, query.Ascending),
            CatalogSort.Loss => ByNumber(entries, entry => entry.Progress?.Loss, query.Ascending),
            CatalogSort.ImagesPerSecond => ByNumber(entries, entry => entry.Progress?.ImagesPerSecond, query.Ascending),
            var other => throw new PoaException(
                ErrorCodes.InvalidArgument, $"Runs cannot be sorted by {other}.", $"Choose one of {string.Join(", ", Enum.GetNames<CatalogSort>())}."),
        };
        return sorted.ThenByDescending(entry => entry.CreatedAt).ThenBy(entry => entry.RunId, StringComparer.Ordinal);
    }

    private static IOrderedEnumerable<CatalogEntry> By<TKey>(IEnumerable<CatalogEntry> entries, Func<CatalogEntry, TKey> key, bool ascending) =>
        ascending ? entries.OrderBy(key) : entries.OrderByDescending(key);

    /// <summary>Entries without a number come last, whichever way the others go.</summary>
    private static IOrderedEnumerable<CatalogEntry> ByNumber(IEnumerable<CatalogEntry> entries, Func<CatalogEntry, double?> number, bool ascending)
    {
        var withFirst = entries.OrderBy(entry => number(entry) is { } value && !double.IsNaN(value) ? 0 : 1);
        return ascending ? withFirst.ThenBy(number) : withFirst.ThenByDescending(number);
    }

    private static string Title(CatalogEntry entry) => entry.Name.Length > 0 ? entry.Name : entry.RunId;

    private static double? Part(CatalogEntry entry) => entry.Progress is { Total: > 0 } progress ? (double)progress.Done / progress.Total : null;
}
