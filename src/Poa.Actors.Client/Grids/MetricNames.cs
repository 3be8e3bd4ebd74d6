namespace Poa.Actors.Client;

/// <summary>Names of figures for people: <c>top1@20</c> is "top-1, k = 20", <c>p50_ms</c> is "p50"; <c>box AR@100</c> stays.</summary>
public static class MetricNames
{
    /// <summary>Orders names with numbers in them by the numbers: <c>top1@20</c> before <c>top1@100</c>.</summary>
    public static IComparer<string> Order { get; } = Comparer<string>.Create((a, b) => (Stem(a), At(a), a).CompareTo((Stem(b), At(b), b)));

    /// <summary>The name as people read it.</summary>
    /// <param name="metric">Name of a figure, such as <c>top1@20</c>.</param>
    /// <param name="unit">Unit of its benchmark: left out where the name ends with it.</param>
    public static string Text(string metric, string unit)
    {
        var name = metric.EndsWith("_" + unit, StringComparison.Ordinal) ? metric[..^(unit.Length + 1)] : metric;
        var stem = Stem(name);
        if (!stem.StartsWith("top", StringComparison.Ordinal) || !int.TryParse(stem["top".Length..], out _))
        {
            return name;
        }

        var words = $"top-{stem["top".Length..]}";
        return stem == name ? words : $"{words}, k = {name[(stem.Length + 1)..]}";
    }

    private static string Stem(string metric) => metric.IndexOf('@', StringComparison.Ordinal) is > 0 and var at ? metric[..at] : metric;

    private static double At(string metric) => Stem(metric) is var stem && stem != metric && double.TryParse(
        metric[(stem.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : -1;
}
