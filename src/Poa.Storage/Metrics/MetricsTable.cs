using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Poa.Storage;

/// <summary>One line of a metrics blob: a step, or a bucket of steps.</summary>
/// <param name="First">First iteration it covers.</param>
/// <param name="Count">Steps in it.</param>
/// <param name="FirstValue">Where its figures begin in the table.</param>
/// <param name="EndValue">Where they end.</param>
/// <param name="FirstDraw">Where its draws begin in the table.</param>
/// <param name="EndDraw">Where they end.</param>
internal readonly record struct MetricsEntry(long First, int Count, int FirstValue, int EndValue, int FirstDraw, int EndDraw);

/// <summary>What a line of a metrics blob tells.</summary>
[Flags]
internal enum MetricsContent
{
    /// <summary>Figures of the steps.</summary>
    Values = 1,

    /// <summary>Which sub-networks were drawn.</summary>
    Draws = 2,

    /// <summary>Both.</summary>
    All = Values | Draws,
}

/// <summary>The parsed lines of metrics blobs, laid out flat: names once, figures by number of their name.</summary>
/// <param name="content">What of the lines is wanted; the rest is passed over.</param>
internal sealed class MetricsTable(MetricsContent content = MetricsContent.All)
{
    private readonly List<MetricsEntry> entries = [];
    private readonly List<(int Name, RunningStatistics Statistics)> values = [];
    private readonly List<(int Name, int Count)> draws = [];
    private int firstValue;
    private int firstDraw;

    /// <summary>What of the lines is wanted.</summary>
    public MetricsContent Content { get; } = content;

    /// <summary>The lines, ascending.</summary>
    public IReadOnlyList<MetricsEntry> Entries => entries;

    /// <summary>Names of figures.</summary>
    public MetricsNames Figures { get; } = new();

    /// <summary>Names of sub-networks.</summary>
    public MetricsNames SubNetworks { get; } = new();

    /// <summary>Figures of a line by number in <see cref="Figures"/>.</summary>
    public ReadOnlySpan<(int Name, RunningStatistics Statistics)> Values(in MetricsEntry entry) =>
        CollectionsMarshal.AsSpan(values)[entry.FirstValue..entry.EndValue];

    /// <summary>Draws of a line by number in <see cref="SubNetworks"/>.</summary>
    public ReadOnlySpan<(int Name, int Count)> Draws(in MetricsEntry entry) => CollectionsMarshal.AsSpan(draws)[entry.FirstDraw..entry.EndDraw];

    /// <summary>Adds a figure to the line that is being parsed.</summary>
    public void AddValue(int name, in RunningStatistics statistics) => values.Add((name, statistics));

    /// <summary>Adds draws of a sub-network to the line that is being parsed.</summary>
    public void AddDraws(int name, int count) => draws.Add((name, count));

    /// <summary>Ends the line.</summary>
    public void AddEntry(long first, int count)
    {
        entries.Add(new(first, count, firstValue, values.Count, firstDraw, draws.Count));
        (firstValue, firstDraw) = (values.Count, draws.Count);
    }

    /// <summary>Forgets what was parsed of a line that turns out to be none.</summary>
    public void DropLine()
    {
        CollectionsMarshal.SetCount(values, firstValue);
        CollectionsMarshal.SetCount(draws, firstDraw);
    }
}

/// <summary>Numbers names as they appear. Lines name the same things in the same order, so the one behind the last found is tried first.</summary>
internal sealed class MetricsNames
{
    private readonly List<(string Text, byte[] Utf8)> names = [];
    private int expected;

    /// <summary>How many there are.</summary>
    public int Count => names.Count;

    /// <summary>The name of a number.</summary>
    public string this[int number] => names[number].Text;

    /// <summary>The number of the name, or text, that <paramref name="reader"/> stands on.</summary>
    public int NumberOf(ref Utf8JsonReader reader) =>
        NumberOf(reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan);

    /// <summary>The number of a name.</summary>
    public int NumberOf(ReadOnlySpan<byte> utf8)
    {
        for (var i = 0; i < names.Count; i++)
        {
            var number = (expected + i) % names.Count;
            if (utf8.SequenceEqual(names[number].Utf8))
            {
                expected = number + 1;
                return number;
            }
        }

        names.Add((Encoding.UTF8.GetString(utf8), utf8.ToArray()));
        expected = names.Count;
        return names.Count - 1;
    }
}
