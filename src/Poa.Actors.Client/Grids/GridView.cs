using System.Collections.Immutable;
using Poa.Elastic;

namespace Poa.Actors.Client;

/// <summary>The grid of a run with everything that is known of its sub-networks at one checkpoint.</summary>
public sealed record GridView
{
    /// <summary>The run.</summary>
    public required RunSnapshot Run { get; init; }

    /// <summary>Its configuration.</summary>
    public required PoaConfiguration Configuration { get; init; }

    /// <summary>Widths, depths and names.</summary>
    public required ISubNetworkGrid Grid { get; init; }

    /// <summary>Parameters and multiply-accumulates of every sub-network, by name.</summary>
    public required ImmutableDictionary<string, SubNetworkCost> Costs { get; init; }

    /// <summary>Side of the images that the multiply-accumulates are for, in pixels: that of the run's global crops.</summary>
    public required int ImageSize { get; init; }

    /// <summary>
    /// Iterations that can be looked at, newest first: checkpoints that exist, and those that are gone but have results.
    /// </summary>
    public required ImmutableArray<long> Iterations { get; init; }

    /// <summary>The checkpoint that this is about; null if the run has none yet.</summary>
    public required long? Iteration { get; init; }

    /// <summary>What was asked of it, the question asked last first.</summary>
    public required ImmutableArray<GridMeasurement> Measurements { get; init; }

    /// <summary>Sweeps over this checkpoint that are not finished, oldest first.</summary>
    public required ImmutableArray<SweepSnapshot> Running { get; init; }

    /// <summary>What it was put together from; two views with the same one are the same.</summary>
    internal string Stamp { get; init; } = "";

    /// <summary>True if the checkpoint itself is still there: without it nothing more can be evaluated or extracted.</summary>
    public bool HasCheckpoint => Run.Checkpoints.Any(checkpoint => checkpoint.Iteration == Iteration);

    /// <summary>The figures of this checkpoint that can be shown: costs, then each metric of each measurement.</summary>
    public IEnumerable<GridFigure> Figures() =>
    [
        GridFigure.Parameters(this),
        GridFigure.MultiplyAccumulates(this),
        .. from measurement in Measurements
           where measurement.Benchmark.Name != Benchmarks.PixelKnn
           // The first one under the key of its measurement, so that an address holds before there is a result.
           from metric in measurement.Metrics.Skip(1).Prepend(null)
           select GridFigure.Of(measurement, metric),
    ];

    /// <summary>Puts a view together.</summary>
    /// <param name="run">The run.</param>
    /// <param name="configuration">Its configuration.</param>
    /// <param name="iteration">The checkpoint; null if there is none.</param>
    /// <param name="iterations">Iterations with sweeps.</param>
    /// <param name="sweeps">The sweeps of the checkpoint.</param>
    public static GridView Of(RunSnapshot run, PoaConfiguration configuration, long? iteration, IEnumerable<long> iterations, IReadOnlyCollection<SweepResults> sweeps)
    {
        var grid = configuration.Grid();
        var size = configuration.Crops.GlobalCropsSize;
        return new GridView
        {
            Run = run,
            Configuration = configuration,
            Grid = grid,
            Costs = grid.SubNetworks.ToImmutableDictionary(cell => cell.ToString(), cell => grid.CostOf(cell, size)),
            ImageSize = size,
            Iterations = [.. run.Checkpoints.Select(checkpoint => checkpoint.Iteration).Union(iterations).OrderDescending()],
            Iteration = iteration,
            Measurements = GridMeasurement.From(sweeps),
            Running = [.. sweeps.Select(sweep => sweep.Snapshot).Where(sweep => !sweep.IsFinished).OrderBy(sweep => sweep.CreatedAt)],
        };
    }

    /// <summary>The sub-networks as candidates for a choice.</summary>
    /// <param name="metric">What they are worth.</param>
    /// <param name="latency">Their latency; null if it was not measured.</param>
    public IEnumerable<MeasuredSubNetwork> Candidates(GridFigure metric, GridFigure? latency)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return Grid.SubNetworks.Select(cell => (Cell: cell, Name: cell.ToString())).Select(cell => new MeasuredSubNetwork(
            cell.Cell, Costs[cell.Name].Parameters, Costs[cell.Name].MultiplyAccumulates, latency?.Value(cell.Name) ?? double.NaN, metric.Value(cell.Name)));
    }
}
