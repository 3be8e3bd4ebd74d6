using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Cli.Rendering;
using Poa.Data.Scenes;
using Poa.Elastic;

namespace Poa.Cli.Running;

/// <summary>
/// The downstream part of <c>poa demo --all</c>: heads are trained on a few frozen sub-networks, once of the untrained network and once of the
/// pre-trained one, through the same sweeps as any other evaluation.
/// </summary>
/// <param name="client">The connection.</param>
/// <param name="run">Run id.</param>
/// <param name="runData">The run's data specification.</param>
/// <param name="folder">Data folder; the scenes are kept below it.</param>
/// <param name="isSmoke">A few steps on a few scenes: shows that everything works, not that anything is learned.</param>
/// <param name="context">Where progress is shown.</param>
internal sealed class DownstreamDemo(PoaClient client, string run, string runData, string folder, bool isSmoke, CliContext context)
{
    private const string SmokeSteps = "4";

    // The last of three passes over the scenes has a tenth of the learning rate, as the paper's schedule ends low.
    private const string DetectorDecay = "2";

    // Objects then measure on average the 28 pixels that the network was trained on, and a step takes half the time of one on scenes as they are.
    private const string DetectorSide = "84";

    private static readonly SceneRecipe Scenes = new();

    private static readonly SceneRecipe SmokeScenes = new() { TrainScenes = 16, ValScenes = 8 };

    /// <summary>The smallest, the middle and the largest sub-network.</summary>
    public static IReadOnlyList<SubNetwork> Choice(ISubNetworkGrid grid) =>
        [grid.Smallest, grid.Parse("middle"), grid.Intact];

    /// <summary>Makes the scenes and runs all benchmarks.</summary>
    /// <param name="subNetworks">What is evaluated.</param>
    /// <param name="iteration">Iteration of the trained checkpoint.</param>
    /// <param name="cancellationToken">Stops waiting, not the sweep in progress.</param>
    public async Task<IReadOnlyList<BenchmarkComparison>> RunAsync(IReadOnlyList<SubNetwork> subNetworks, long iteration, CancellationToken cancellationToken)
    {
        var scenes = SceneSet.MakeBelow(isSmoke ? SmokeScenes : Scenes, Path.Combine(folder, "scenes"), cancellationToken: cancellationToken);
        (string Benchmark, string? Train, Dictionary<string, string> Options, IReadOnlyList<(string, string)> Metrics)[] plan =
        [
            (Benchmarks.Linear, null, Options([("epochs", "1")]), [("top1", "top-1")]),
            (Benchmarks.Coco, $"coco:{scenes.CocoFolder}?split=train", Options([("iterations", SmokeSteps)], ("decay_epochs", DetectorDecay), ("image_size", DetectorSide)), [("box AP", "box AP"), ("mask AP", "mask AP")]),
            (Benchmarks.Ade20k, $"ade20k:{scenes.Ade20kFolder}?split=training", Options([("iterations", SmokeSteps)]), [("mIoU", "mIoU")]),
        ];
        var comparisons = new List<BenchmarkComparison>();
        foreach (var (name, train, options, metrics) in plan)
        {
            var benchmark = Benchmarks.Describe(name);
            var data = EvaluationImages.Choose(benchmark, runData, train, null);
            comparisons.Add(new(benchmark, metrics, await SweepAsync(0).ConfigureAwait(false), await SweepAsync(iteration).ConfigureAwait(false)));

            async Task<IReadOnlyList<EvaluationResult>> SweepAsync(long checkpoint)
            {
                var sweep = await client.Sweeps.StartAsync(
                    run, data, name, subNetworks.Select(cell => cell.ToString()), checkpoint, options, cancellationToken: cancellationToken).ConfigureAwait(false);
                return await SweepWatcher.FollowAsync(client, sweep.Specification.SweepId, context, cancellationToken).ConfigureAwait(false);
            }
        }

        return comparisons;
    }

    /// <summary>The quick preset with what is changed in it.</summary>
    /// <param name="smoke">Shortens training; for a smoke run only, and stands over the others.</param>
    /// <param name="changes">Others.</param>
    private Dictionary<string, string> Options(IEnumerable<(string Name, string Value)> smoke, params IEnumerable<(string Name, string Value)> changes)
    {
        var options = new Dictionary<string, string> { [Benchmarks.Preset] = "quick" };
        foreach (var (name, value) in changes.Concat(isSmoke ? smoke : []))
        {
            options[name] = value;
        }

        return options;
    }
}
