using System.Globalization;

namespace Poa.Cli.Rendering;

/// <summary>Numbers and times as people read them, the same in every culture.</summary>
internal static class Formats
{
    /// <summary>Invariant culture: digits without surprises.</summary>
    public static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>A percentage with one decimal: <c>71.3</c>.</summary>
    public static string Percent(double percent) => percent.ToString("F1", Plain);

    /// <summary>A figure in the unit of its benchmark, at most six characters: <c>71.3</c> of %, <c>0.842</c> or <c>1204</c> of ms.</summary>
    public static string Figure(double value, string unit) =>
        unit == "%" ? Percent(value) : value.ToString(value switch { < 10 => "F3", < 100 => "F2", < 1000 => "F1", _ => "F0" }, Plain);

    /// <summary>A difference of percentages in points with its sign: <c>+10.4</c>.</summary>
    public static string Points(double difference) => difference.ToString("+0.0;-0.0;0.0", Plain);

    /// <summary>Grouped by thousands: <c>10,000</c>.</summary>
    public static string Count(long value) => value.ToString("N0", Plain);

    /// <summary>Seconds as <c>0:42</c>, <c>12:05</c> or <c>3:00:12</c>.</summary>
    public static string Duration(TimeSpan time)
    {
        var seconds = (long)Math.Round(Math.Max(0, time.TotalSeconds));
        return seconds >= 3600
            ? string.Create(Plain, $"{seconds / 3600}:{seconds / 60 % 60:D2}:{seconds % 60:D2}")
            : string.Create(Plain, $"{seconds / 60}:{seconds % 60:D2}");
    }

    /// <summary>Bytes as <c>812 B</c>, <c>1.4 MB</c> (powers of 1000, as disks are sold).</summary>
    public static string Bytes(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        double value = bytes;
        var unit = 0;
        while (value >= 1000 && unit < units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return value.ToString(unit == 0 ? "F0" : "F1", Plain) + " " + units[unit];
    }

    /// <summary>A moment in local time, to the second.</summary>
    public static string Moment(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", Plain);
}
