using System.Collections.Immutable;

namespace Poa.Actors.Abstractions;

/// <summary>Names of the benchmarks.</summary>
public static partial class Benchmarks
{
    /// <summary>k-nearest-neighbour classification on frozen features.</summary>
    public const string Knn = "knn";

    /// <summary>k-nearest-neighbour classification on raw pixels: needs no network, sub-network name <see cref="Pixels"/>.</summary>
    public const string PixelKnn = "pixel-knn";

    /// <summary>Linear classifiers on frozen features.</summary>
    public const string Linear = "linear";

    /// <summary>Detection and instance segmentation with Cascade Mask R-CNN on a set in COCO's layout.</summary>
    public const string Coco = "coco";

    /// <summary>Semantic segmentation on a set in ADE20K's layout.</summary>
    public const string Ade20k = "ade20k";

    /// <summary>
    /// Where the class token looks in a few images. Its result is its pictures; the figure beside them says how concentrated the attention is,
    /// which makes a sub-network neither better nor worse.
    /// </summary>
    public const string Attention = "attention";

    /// <summary>Time of a forward pass of the extracted network on the worker's device, in milliseconds; needs no images.</summary>
    public const string Latency = "latency";

    /// <summary>The name that stands for the sub-network where there is none.</summary>
    public const string Pixels = "pixels";

    /// <summary>All of them with what is known of them.</summary>
    public static ImmutableArray<BenchmarkDescription> Described { get; } =
    [
        new(Knn, "k-NN", "%", HigherIsBetter: true, BenchmarkImages.Labelled, "top-1 accuracy", KnnOptions),
        new(PixelKnn, "k-NN on pixels", "%", HigherIsBetter: true, BenchmarkImages.Labelled, "top-1 accuracy", KnnOptions),
        new(Linear, "Linear probe", "%", HigherIsBetter: true, BenchmarkImages.Labelled, "top-1 accuracy", LinearOptions),
        new(Coco, "COCO", "%", HigherIsBetter: true, BenchmarkImages.Coco, "box AP", CocoOptions),
        new(Ade20k, "ADE20K", "%", HigherIsBetter: true, BenchmarkImages.Ade20k, "mIoU", Ade20kOptions),
        new(Attention, "Attention", "%", HigherIsBetter: false, BenchmarkImages.Labelled, "patches that hold 60 % of it", AttentionOptions) { IsJudgement = false },
        new(Latency, "Latency", "ms", HigherIsBetter: false, BenchmarkImages.None, "median latency", LatencyOptions),
    ];

    /// <summary>The names of all of them.</summary>
    public static ImmutableArray<string> All { get; } = [.. Described.Select(benchmark => benchmark.Name)];

    /// <summary>The names of those by which the best sub-network can be searched for.</summary>
    public static ImmutableArray<string> Searchable { get; } =
        [.. Described.Where(benchmark => benchmark is { IsJudgement: true, NeedsImages: true } && benchmark.Name != PixelKnn).Select(benchmark => benchmark.Name)];

    /// <summary>What is known of a benchmark.</summary>
    /// <param name="name">One of <see cref="All"/>.</param>
    /// <exception cref="PoaException">There is no such benchmark; the remedy lists those there are.</exception>
    public static BenchmarkDescription Describe(string name) => Described.FirstOrDefault(benchmark => benchmark.Name == name) ?? throw new PoaException(
        ErrorCodes.InvalidArgument, $"'{name}' is not a benchmark.", $"Choose one of {string.Join(", ", All)}.");
}
