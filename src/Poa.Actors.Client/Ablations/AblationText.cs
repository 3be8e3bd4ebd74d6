using System.Globalization;

namespace Poa.Actors.Client;

/// <summary>An ablation in words, the same for every front.</summary>
public static class AblationText
{
    /// <summary>What stands for a missing figure.</summary>
    public const string Missing = "–";

    /// <summary>Such as <c>75.31 ± 0.21</c>, and with fewer figures than seeds <c>75.31 (1 of 2)</c>.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="seeds">Seeds of each row.</param>
    public static string Cell(AblationCell cell, int seeds)
    {
        if (cell.Mean is not { } mean)
        {
            return Missing;
        }

        var spread = cell.Deviation is { } deviation ? $" ± {Plain(deviation)}" : "";
        return $"{Plain(mean)}{spread}{(cell.Values.Length < seeds ? string.Create(CultureInfo.InvariantCulture, $" ({cell.Values.Length} of {seeds})") : "")}";
    }

    /// <summary>What is measured, with its unit: <c>k-NN top-1, k = 20 (%)</c>.</summary>
    /// <param name="ablation">The ablation.</param>
    public static string Figure(AblationSnapshot ablation)
    {
        var benchmark = Benchmarks.Describe(ablation.Specification.Benchmark);
        return $"{benchmark.Title} {(ablation.Metric is { } metric ? MetricNames.Text(metric, benchmark.Unit) : benchmark.HeadlineLabel)} ({benchmark.Unit})";
    }

    /// <summary>How far it has come: <c>5 of 8 runs done, 1 failed</c>.</summary>
    /// <param name="ablation">The ablation.</param>
    public static string Count(AblationSnapshot ablation)
    {
        var (failed, cancelled) = (ablation.Count(AblationRunStatus.Failed), ablation.Count(AblationRunStatus.Cancelled));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{ablation.Count(AblationRunStatus.Completed)} of {ablation.Runs.Length} runs done{(failed > 0 ? $", {failed} failed" : "")}{(cancelled > 0 ? $", {cancelled} cancelled" : "")}");
    }

    /// <summary>Where a run stands; of one that trains, whether it waits or is paused.</summary>
    /// <param name="run">The run.</param>
    public static string Standing(AblationRun run) => run switch
    {
        { Status: AblationRunStatus.Training, Training: RunStatus.Queued or RunStatus.Created } => "queued",
        { Status: AblationRunStatus.Training, Training: { } training and not RunStatus.Running } => training.ToString().ToLowerInvariant(),
        _ => run.Status.ToString().ToLowerInvariant(),
    };

    private static string Plain(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}
