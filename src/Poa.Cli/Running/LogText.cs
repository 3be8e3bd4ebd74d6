namespace Poa.Cli.Running;

/// <summary>Lines of a log whose old end falls off while it grows.</summary>
internal static class LogText
{
    /// <summary>As many lines as are compared to find a place again: two of the same wording in the same second must not be taken for each other.</summary>
    private const int Remembered = 20;

    /// <summary>The lines of a text that ends with a line feed.</summary>
    public static string[] Lines(string text) => text.Length == 0 ? [] : text.TrimEnd('\n').Split('\n');

    /// <summary>The lines of <paramref name="now"/> behind those of <paramref name="before"/>; all of them where nothing of it is left.</summary>
    public static ReadOnlySpan<string> After(ReadOnlySpan<string> before, ReadOnlySpan<string> now)
    {
        if (now.StartsWith(before))
        {
            return now[before.Length..];
        }

        for (var end = now.Length; end > 0 && !before.IsEmpty; end--)
        {
            var compared = Math.Min(Math.Min(before.Length, end), Remembered);
            if (now[(end - compared)..end].SequenceEqual(before[^compared..]))
            {
                return now[end..];
            }
        }

        return now;
    }
}
