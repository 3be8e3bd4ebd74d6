using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Poa.Elastic;

/// <summary>
/// One cell of an elastic network's grid: the first <paramref name="Width"/> channels of every layer and
/// <paramref name="Depth"/> blocks at equal intervals (arXiv 2408.01031 §3.2). Written <c>384x12</c>, for a ResNet <c>64x3-4-6-3</c>.
/// Ordered by width, then depth.
/// </summary>
/// <param name="Width">Width in channels: of the embedding, for Swin of its first stage, for ResNet of the first stage's bottlenecks.</param>
/// <param name="Depth">Number of blocks: of all, for Swin of the third stage, for ResNet of each stage.</param>
public readonly record struct SubNetwork(int Width, NetworkDepth Depth) : IComparable<SubNetwork>, ISpanParsable<SubNetwork>
{
    /// <summary>The name, for example <c>384x12</c>; the same in every culture.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Width}x{Depth}");

    /// <inheritdoc/>
    public int CompareTo(SubNetwork other) => (Width, Depth).CompareTo((other.Width, other.Depth));

    /// <summary>Reads a name such as <c>384x12</c>. Whether a grid has that cell is <see cref="ISubNetworkGrid.Parse"/>'s question.</summary>
    /// <exception cref="FormatException">The text is not WIDTHxDEPTH with two positive integers.</exception>
    public static SubNetwork Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(text.AsSpan());
    }

    /// <inheritdoc cref="Parse(string)"/>
    public static SubNetwork Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var subNetwork)
            ? subNetwork
            : throw new FormatException($"'{text}' is not a sub-network; write WIDTHxDEPTH, for example 384x12, or 64x3-4-6-3 for a ResNet.");

    /// <summary>As <see cref="Parse(string)"/>, but answers false instead of throwing.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SubNetwork subNetwork) => TryParse(text.AsSpan(), out subNetwork);

    /// <inheritdoc cref="TryParse(string?, out SubNetwork)"/>
    public static bool TryParse(ReadOnlySpan<char> text, out SubNetwork subNetwork)
    {
        text = text.Trim();
        var separator = text.IndexOfAny('x', 'X');
        if (separator > 0
            && int.TryParse(text[..separator], NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            && NetworkDepth.TryParse(text[(separator + 1)..], out var depth)
            && width > 0)
        {
            subNetwork = new SubNetwork(width, depth);
            return true;
        }

        subNetwork = default;
        return false;
    }

    static SubNetwork IParsable<SubNetwork>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<SubNetwork>.TryParse(string? s, IFormatProvider? provider, out SubNetwork result) => TryParse(s, out result);

    static SubNetwork ISpanParsable<SubNetwork>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool ISpanParsable<SubNetwork>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out SubNetwork result) => TryParse(s, out result);

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator <(SubNetwork left, SubNetwork right) => left.CompareTo(right) < 0;

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator >(SubNetwork left, SubNetwork right) => left.CompareTo(right) > 0;

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator <=(SubNetwork left, SubNetwork right) => left.CompareTo(right) <= 0;

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator >=(SubNetwork left, SubNetwork right) => left.CompareTo(right) >= 0;
}
