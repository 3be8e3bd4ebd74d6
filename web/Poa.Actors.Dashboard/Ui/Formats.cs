using System.Globalization;

namespace Poa.Actors.Dashboard.Ui;

/// <summary>Numbers as text for people: the same everywhere, whatever the machine's language.</summary>
public static class Formats
{
    private static readonly string[] ByteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    private static readonly string[] CountUnits = ["", " k", " M", " G", " T", " P"];

    /// <summary>What stands for a missing value.</summary>
    public const string Missing = "–";

    /// <summary>A size, such as <c>1.5 MiB</c>.</summary>
    /// <param name="bytes">Bytes, at least 0; null if it is not known.</param>
    public static string Bytes(long? bytes)
    {
        if (bytes is not { } value)
        {
            return Missing;
        }

        var (scaled, unit) = Scale(value, 1024, ByteUnits.Length);
        return string.Create(CultureInfo.InvariantCulture, $"{scaled.ToString(unit == 0 || scaled >= 100 ? "0" : "0.0", CultureInfo.InvariantCulture)} {ByteUnits[unit]}");
    }

    /// <summary>A count in full, such as <c>300,000</c>.</summary>
    /// <param name="count">The count; null if it is not known.</param>
    public static string Count(long? count) => count?.ToString("N0", CultureInfo.InvariantCulture) ?? Missing;

    /// <summary>A large count in short, such as <c>22.1 M</c>, for parameters and multiply-accumulates.</summary>
    /// <param name="count">The count, at least 0; null if it is not known.</param>
    public static string Short(double? count)
    {
        if (count is not { } value || !double.IsFinite(value))
        {
            return Missing;
        }

        var (scaled, unit) = Scale(value, 1000, CountUnits.Length);
        return scaled.ToString(scaled >= 100 || unit == 0 ? "0.#" : "0.0#", CultureInfo.InvariantCulture) + CountUnits[unit];
    }

    /// <summary>A number with a fixed number of decimals, such as <c>7.213</c>; very small and very large ones as <c>1.2E-05</c>.</summary>
    /// <param name="value">The number; null, infinities and NaN show as missing.</param>
    /// <param name="decimals">Digits behind the point.</param>
    public static string Number(double? value, int decimals = 3)
    {
        if (value is not { } number || !double.IsFinite(number))
        {
            return Missing;
        }

        var size = Math.Abs(number);
        return size != 0 && (size < Math.Pow(10, -decimals) || size >= 1e9)
            ? number.ToString("0.##E+00", CultureInfo.InvariantCulture)
            : number.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    /// <summary>A part of a whole, such as <c>42 %</c>.</summary>
    /// <param name="share">In [0, 1]; null if it is not known.</param>
    /// <param name="decimals">Digits behind the point.</param>
    public static string Percent(double? share, int decimals = 0) =>
        share is { } value && double.IsFinite(value)
            ? (value * 100).ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) + " %"
            : Missing;

    /// <summary>A time span by its two largest units, such as <c>3 h 12 min</c>.</summary>
    /// <param name="span">The span; null if it is not known.</param>
    public static string Duration(TimeSpan? span) => span switch
    {
        null => Missing,
        { TotalSeconds: < 0 } => Missing,
        { TotalSeconds: < 1 } s => string.Create(CultureInfo.InvariantCulture, $"{s.TotalMilliseconds:0} ms"),
        { TotalSeconds: < 10 } s => string.Create(CultureInfo.InvariantCulture, $"{s.TotalSeconds:0.0} s"),
        { TotalMinutes: < 1 } s => string.Create(CultureInfo.InvariantCulture, $"{s.TotalSeconds:0} s"),
        { TotalHours: < 1 } s => string.Create(CultureInfo.InvariantCulture, $"{s.Minutes} min {s.Seconds} s"),
        { TotalDays: < 1 } s => string.Create(CultureInfo.InvariantCulture, $"{s.Hours} h {s.Minutes} min"),
        { } s => string.Create(CultureInfo.InvariantCulture, $"{s.Days} d {s.Hours} h"),
    };

    private static (double Scaled, int Unit) Scale(double value, double step, int units)
    {
        var unit = 0;
        while (Math.Abs(value) >= step && unit < units - 1)
        {
            value /= step;
            unit++;
        }

        return (value, unit);
    }
}
