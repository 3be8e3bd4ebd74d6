using System.Globalization;
using System.Text;

namespace Poa.Worker.Execution;

/// <summary>
/// Makes text that may hold anything (paths, names of runs, messages of libraries) harmless in a log: nothing in it moves a cursor,
/// turns the direction of writing, or looks like a line of its own.
/// </summary>
internal static class LogText
{
    /// <summary>Longest line, in characters; the rest is left out.</summary>
    public const int MaxLineLength = 4096;

    private const string Continuation = "    ";

    /// <summary>The lines of <paramref name="text"/>; those behind the first one are set in.</summary>
    public static IEnumerable<string> Lines(string text) =>
        text.Split('\n').Select((line, i) => (i == 0 ? "" : Continuation) + Clean(line.TrimEnd('\r')));

    private static string Clean(string line)
    {
        var clean = new StringBuilder(line.Length);
        foreach (var rune in line.EnumerateRunes())
        {
            if (clean.Length >= MaxLineLength)
            {
                clean.Append("...");
                break;
            }

            clean.Append(rune.Value == '\t' ? " " : IsPlain(rune) ? rune.ToString() : Rune.ReplacementChar.ToString());
        }

        return clean.ToString();
    }

    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
