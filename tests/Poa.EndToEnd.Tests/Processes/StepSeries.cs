using System.Text;
using Poa.Actors.Abstractions;
using Poa.Storage;

namespace Poa.EndToEnd.Tests.Processes;

/// <summary>The figures of a run's steps, to be compared.</summary>
public static class StepSeries
{
    /// <summary>Every step's figures bit for bit, without measured times.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(IBlobStore blobs, string run)
    {
        var series = new List<string>();
        await foreach (var record in MetricsReader.ReadAsync(blobs, run))
        {
            var step = StepMetrics.FromLine(Encoding.UTF8.GetString(record.Json));
            series.Add($"{step.Iteration} {step.SubNetwork} " + string.Join(' ', step.Values
                .Where(value => !value.Key.EndsWith("seconds", StringComparison.Ordinal))
                .Select(value => $"{value.Key}={BitConverter.DoubleToInt64Bits(value.Value):x}")));
        }

        return series;
    }
}
