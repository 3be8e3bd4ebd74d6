using System.Globalization;
using System.Text;

namespace Poa.Storage.Tests;

/// <summary>Records such as training writes, as a function of the iteration and of who wrote them.</summary>
internal static class MetricsSamples
{
    public static readonly string[] SubNetworks = ["48x2", "64x3", "96x5"];

    /// <summary>A figure in every step, one that is now and then not finite, one that only some steps have.</summary>
    public static (string SubNetwork, SortedDictionary<string, double> Values) Step(long iteration, int course = 0)
    {
        var values = new SortedDictionary<string, double>(StringComparer.Ordinal)
        {
            ["images"] = 64,
            ["loss"] = 5 + Math.Sin(iteration / 300.0 + course),
            ["norm"] = iteration % 97 == 5 ? double.NaN : iteration % 131 == 0 ? double.PositiveInfinity : iteration * 0.1,
        };
        if (iteration % 1000 < 400)
        {
            values["warm_up"] = iteration / 7.0;
        }

        return (SubNetworks[(iteration * 7 + iteration / 5) % 3], values);
    }

    public static byte[] Line(long iteration, int course = 0)
    {
        var (subNetwork, values) = Step(iteration, course);
        var figures = values.Select(v => string.Create(CultureInfo.InvariantCulture, $"\"{v.Key}\":{(double.IsFinite(v.Value) ? v.Value.ToString("R", CultureInfo.InvariantCulture) : $"\"{v.Value}\"")}"));
        return Encoding.UTF8.GetBytes($"{{\"iteration\":{iteration},\"subNetwork\":\"{subNetwork}\",\"values\":{{{string.Join(',', figures).Replace("∞", "Infinity", StringComparison.Ordinal)}}}}}");
    }

    public static void Fill(this MetricsLog log, long from, long to, int course = 0)
    {
        for (var i = from; i < to; i++)
        {
            log.Append(i, Line(i, course));
        }
    }

    public static async Task<IBlobStore> WriteAsync(this IBlobStore blobs, long steps, CancellationToken token)
    {
        var log = await MetricsLog.OpenAsync(blobs, "run", 0, token);
        log.Fill(0, steps);
        await log.FlushAsync(token);
        return blobs;
    }

    /// <summary>Names and contents of all level blobs.</summary>
    public static async Task<string> LevelsAsync(this IBlobStore blobs)
    {
        var text = new StringBuilder();
        foreach (var name in await blobs.NamesAsync("runs/run/metrics-levels/"))
        {
            text.AppendLine(name).Append(Encoding.UTF8.GetString(await blobs.GetAsync(name)));
        }

        return text.ToString();
    }
}
