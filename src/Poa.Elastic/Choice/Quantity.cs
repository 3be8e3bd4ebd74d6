using System.Globalization;

namespace Poa.Elastic;

/// <summary>Reads amounts as people write them: <c>30M</c>, <c>1.2 G</c>, <c>5 ms</c>.</summary>
public static class Quantity
{
    private static readonly (string Suffix, double Factor)[] Counts = [("k", 1e3), ("K", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12)];
    private static readonly (string Suffix, double Factor)[] Times = [("us", 1e-3), ("µs", 1e-3), ("ms", 1), ("s", 1e3), ("", 1)];

    /// <summary>A number of parameters or operations, with the SI prefixes k, M, G, T; a fraction of one is cut off.</summary>
    /// <param name="text">Such as <c>30M</c>.</param>
    /// <exception cref="FormatException">It is no positive amount; the message says what would be.</exception>
    public static long ParseCount(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        var (suffix, factor) = Counts.FirstOrDefault(unit => trimmed.EndsWith(unit.Suffix, StringComparison.Ordinal), ("", 1));
        return Number(trimmed[..^suffix.Length]) is { } number && number * factor is >= 1 and < long.MaxValue
            ? (long)(number * factor)
            : throw new FormatException(trimmed.EndsWith('m')
                ? $"'{text}' is not an amount: m stands for a thousandth. Write M for millions, such as 30M."
                : $"'{text}' is not an amount. Write a positive number with k, M, G or T behind it or nothing, such as 30M or 1.2G.");
    }

    /// <summary>A time in milliseconds; the units us, ms and s are known, a number alone is in milliseconds.</summary>
    /// <param name="text">Such as <c>5 ms</c>.</param>
    /// <exception cref="FormatException">It is no positive time; the message says what would be.</exception>
    public static double ParseMilliseconds(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        var (suffix, factor) = Times.First(unit => trimmed.EndsWith(unit.Suffix, StringComparison.Ordinal));
        return Number(trimmed[..^suffix.Length]) is { } number && number * factor is > 0 and < double.PositiveInfinity
            ? number * factor
            : throw new FormatException($"'{text}' is not a time. Write a positive number with us, ms or s behind it, such as 5 ms.");
    }

    private static double? Number(string text) =>
        double.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) ? number : null;
}
