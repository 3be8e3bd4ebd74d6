namespace Poa.Actors.Client;

/// <summary>One figure of every sub-network of a grid: a cost, or one metric of one measurement.</summary>
public sealed class GridFigure
{
    /// <summary>Key of the number of parameters.</summary>
    public const string ParametersKey = "parameters";

    /// <summary>Key of the number of multiply-accumulates.</summary>
    public const string MultiplyAccumulatesKey = "macs";

    private readonly Func<string, double> _value;

    private GridFigure(string key, string title, string unit, bool higherIsBetter, Func<string, double> value) =>
        (Key, Title, Unit, HigherIsBetter, _value) = (key, title, unit, higherIsBetter, value);

    /// <summary>Names it within its view, such as <c>macs</c> or <c>knn-0123456789abcdef.top1@20</c>.</summary>
    public string Key { get; }

    /// <summary>For people, such as <c>k-NN top-1, k = 20</c>.</summary>
    public string Title { get; }

    /// <summary>Its unit; empty for plain counts.</summary>
    public string Unit { get; }

    /// <summary>Title and unit, for an axis.</summary>
    public string Label => Unit.Length == 0 ? Title : $"{Title} ({Unit})";

    /// <summary>Whether a higher figure is a better one.</summary>
    public bool HigherIsBetter { get; }

    /// <summary>The measurement it is of; null for a cost.</summary>
    public GridMeasurement? Measurement { get; private init; }

    /// <summary>Name of the metric within its measurement; null for a cost, and where there is no result yet.</summary>
    public string? Metric { get; private init; }

    /// <summary>The figure of a sub-network; NaN if it is not known.</summary>
    /// <param name="subNetwork">Its name.</param>
    public double Value(string subNetwork) => _value(subNetwork);

    /// <summary>Parameters.</summary>
    /// <param name="view">The grid.</param>
    public static GridFigure Parameters(GridView view) => Cost(view, ParametersKey, "Parameters", cost => cost.Parameters);

    /// <summary>Multiply-accumulates of one forward pass of one image of the grid's size.</summary>
    /// <param name="view">The grid.</param>
    public static GridFigure MultiplyAccumulates(GridView view) =>
        Cost(view, MultiplyAccumulatesKey, $"Multiply-accumulates at {view.ImageSize} px", cost => cost.MultiplyAccumulates);

    /// <summary>A metric of a measurement.</summary>
    /// <param name="measurement">The measurement.</param>
    /// <param name="metric">
    /// Name of the metric; null for the one to show first, which has the key of the measurement alone: it can be asked for before there is a
    /// result.
    /// </param>
    public static GridFigure Of(GridMeasurement measurement, string? metric = null)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        var benchmark = measurement.Benchmark;
        var name = metric ?? measurement.Metrics.FirstOrDefault();
        return new GridFigure(
            metric is null ? measurement.Key : $"{measurement.Key}.{metric}",
            $"{benchmark.Title} {(name is null ? benchmark.HeadlineLabel : MetricNames.Text(name, benchmark.Unit))}",
            benchmark.Unit,
            benchmark.HigherIsBetter,
            subNetwork => name is null ? double.NaN : measurement.Value(subNetwork, name))
        {
            Measurement = measurement,
            Metric = name,
        };
    }

    private static GridFigure Cost(GridView view, string key, string title, Func<Poa.Elastic.SubNetworkCost, long> cost) =>
        new(key, title, "", higherIsBetter: false, name => view.Costs.TryGetValue(name, out var known) ? cost(known) : double.NaN);
}
