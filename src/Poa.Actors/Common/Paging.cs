using System.Collections.Immutable;

namespace Poa.Actors;

/// <summary>What the queries of the indexes have in common.</summary>
internal static class Paging
{
    /// <summary>How many entries there are in each state.</summary>
    public static ImmutableDictionary<TStatus, int> Counts<T, TStatus>(IEnumerable<T> entries, Func<T, TStatus> status)
        where TStatus : notnull =>
        entries.CountBy(status).ToImmutableDictionary();

    /// <summary>True if one of the fields holds the text, whatever its case; also if no text is asked for.</summary>
    public static bool HasText(string? text, params ReadOnlySpan<string> fields)
    {
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        foreach (var field in fields)
        {
            if (field.Contains(text, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Refuses a page that cannot be.</summary>
    /// <exception cref="PoaException">Offset or limit is negative.</exception>
    public static void Check(int offset, int limit)
    {
        if (offset < 0 || limit < 0)
        {
            throw new PoaException(
                ErrorCodes.InvalidArgument,
                offset < 0 ? $"The offset of the query is {offset}." : $"The limit of the query is {limit}.",
                "Use 0 or more.");
        }
    }
}
