using Poa.Actors.Dashboard.Ui.Charts;
using Poa.Storage;

namespace Poa.Actors.Dashboard.Pages.Runs;

/// <summary>Makes the curves of a chart out of a run's figures.</summary>
public static class CurveDrawing
{
    /// <summary>The curves of a panel.</summary>
    /// <param name="panel">What to draw.</param>
    /// <param name="series">The figures.</param>
    public static IReadOnlyList<LineSeries> Lines(CurvePanel panel, MetricsSeries series)
    {
        double[] x = [.. series.Iterations.Select(iteration => (double)iteration)];
        return
        [
            .. panel.Lines.Select(line => panel.HasBand && series.Columns.TryGetValue(line.Value, out var column)
                ? new LineSeries(line.Name, x, [.. column.Mean], [.. column.Min], [.. column.Max])
                : new LineSeries(line.Name, x, [.. CurvePanels.Means(series, line)])),
        ];
    }
}
