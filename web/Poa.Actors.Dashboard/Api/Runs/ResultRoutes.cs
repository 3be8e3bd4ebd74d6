using Poa.Actors.Client;
using Poa.Elastic;

namespace Poa.Actors.Dashboard.Api;

/// <summary>Results of evaluations.</summary>
internal static class ResultRoutes
{
    /// <summary>Adds the routes.</summary>
    public static void Map(RouteGroupBuilder reads)
    {
        var results = reads.MapGroup("").WithTags("Results");
        results.MapGet("/runs/{run}/results", AllAsync).WithName("listResults").FindsNothing();
        results.MapGet("/runs/{run}/grid", GridAsync).WithName("getGrid").FindsNothing();
    }

    /// <summary>All stored results of a run: every checkpoint, sub-network, benchmark and data set.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static Task<IReadOnlyList<ResultRow>> AllAsync(PoaClient poa, string run, CancellationToken cancellationToken) =>
        poa.Results.AllAsync(run, cancellationToken);

    /// <summary>The grid of a run at one checkpoint: every sub-network with what it costs and every result there is.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="run">Run id.</param>
    /// <param name="benchmark">Only results of this benchmark; of all if left out.</param>
    /// <param name="iteration">Iteration of the checkpoint; the newest that has such results if left out, else the newest.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<GridDetail> GridAsync(
        PoaClient poa, string run, string? benchmark = null, long? iteration = null, CancellationToken cancellationToken = default)
    {
        if (benchmark is not null)
        {
            Benchmarks.Describe(benchmark);
        }

        var configuration = await poa.Runs.ConfigurationAsync(run, cancellationToken);
        var rows = (await poa.Results.AllAsync(run, cancellationToken)).Where(row => benchmark is null || row.Result.Benchmark == benchmark).ToList();
        var at = iteration ?? (rows.Count > 0 ? rows.Max(row => row.Iteration) : (await poa.Runs.GetAsync(run, cancellationToken)).LatestCheckpoint?.Iteration);
        var bySubNetwork = rows.Where(row => row.Iteration == at).ToLookup(row => row.SubNetwork);
        var grid = configuration.Grid();
        var imageSize = configuration.Crops.GlobalCropsSize;
        return new GridDetail(
            run,
            at,
            imageSize,
            grid.Widths,
            [.. grid.Depths.Select(depth => depth.Blocks)],
            [.. grid.Depths.Select(depth => depth.ToString())],
            [.. grid.SubNetworks.Select(cell => CellOf(cell, grid.CostOf(cell, imageSize), bySubNetwork[cell.ToString()]))],
            [.. bySubNetwork[Benchmarks.Pixels].Select(ResultOf)]);
    }

    private static GridCell CellOf(SubNetwork cell, SubNetworkCost cost, IEnumerable<ResultRow> rows) =>
        new(cell.ToString(), cell.Width, cell.Depth.Blocks, cell.Depth.ToString(), cost.Parameters, cost.MultiplyAccumulates, [.. rows.Select(ResultOf)]);

    private static GridResult ResultOf(ResultRow row) =>
        new(row.Result.Benchmark, row.Result.Headline, row.Value, row.Result.Metrics, row.Data, row.Result.Protocol, row.Question, row.Result.Pictures);
}

/// <summary>The grid of a run at one checkpoint.</summary>
/// <param name="Run">Run id.</param>
/// <param name="Iteration">Iteration of the checkpoint; null if there is none.</param>
/// <param name="ImageSize">Side of the images that multiply-accumulates are counted for, in pixels.</param>
/// <param name="Widths">The elastic widths in channels, ascending.</param>
/// <param name="Depths">The elastic depths in blocks, ascending; of a ResNet the blocks of all four stages, where several depths have the same number.</param>
/// <param name="DepthNames">The same as names of sub-networks write them: <c>12</c>, or stage by stage, <c>3-4-6-3</c>.</param>
/// <param name="Cells">Every sub-network: widths outside, depths inside, both ascending.</param>
/// <param name="Baselines">Results that need no network.</param>
internal sealed record GridDetail(
    string Run,
    long? Iteration,
    int ImageSize,
    IReadOnlyList<int> Widths,
    IReadOnlyList<int> Depths,
    IReadOnlyList<string> DepthNames,
    IReadOnlyList<GridCell> Cells,
    IReadOnlyList<GridResult> Baselines);

/// <summary>A sub-network.</summary>
/// <param name="SubNetwork">Its name, such as <c>384x12</c>.</param>
/// <param name="Width">Width in channels.</param>
/// <param name="Depth">Depth in blocks, one of the grid's.</param>
/// <param name="DepthName">The same as the sub-network's name writes it.</param>
/// <param name="Parameters">Parameters of the extracted network.</param>
/// <param name="MultiplyAccumulates">Multiply-accumulates of one forward pass of one image.</param>
/// <param name="Results">Its results at this checkpoint.</param>
internal sealed record GridCell(
    string SubNetwork, int Width, int Depth, string DepthName, long Parameters, long MultiplyAccumulates, IReadOnlyList<GridResult> Results);

/// <summary>A result in a grid.</summary>
/// <param name="Benchmark">Name of the benchmark.</param>
/// <param name="Headline">Name of the figure to show when there is room for one.</param>
/// <param name="Value">That figure, in the unit of the benchmark.</param>
/// <param name="Metrics">Every figure by name.</param>
/// <param name="Data">The images.</param>
/// <param name="Protocol">How it was measured.</param>
/// <param name="Question">Benchmark, images and options in one word; part of the address of its pictures.</param>
/// <param name="Pictures">Its pictures.</param>
internal sealed record GridResult(
    string Benchmark,
    string Headline,
    double Value,
    IReadOnlyDictionary<string, double> Metrics,
    EvaluationData Data,
    IReadOnlyDictionary<string, string> Protocol,
    string Question,
    IReadOnlyList<EvaluationPicture> Pictures);
