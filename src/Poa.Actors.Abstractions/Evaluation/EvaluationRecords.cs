using System.Collections.Immutable;

namespace Poa.Actors.Abstractions;

/// <summary>Names of the benchmarks.</summary>
public static class Benchmarks
{
    /// <summary>k-nearest-neighbour classification on frozen features.</summary>
    public const string Knn = "knn";

    /// <summary>k-nearest-neighbour classification on raw pixels: needs no network, sub-network name <see cref="Pixels"/>.</summary>
    public const string PixelKnn = "pixel-knn";

    /// <summary>Time of a forward pass of the extracted network on the worker's device, in milliseconds; needs no images.</summary>
    public const string Latency = "latency";

    /// <summary>The name that stands for the sub-network where there is none.</summary>
    public const string Pixels = "pixels";

    private static ImmutableArray<string> KnnOptions { get; } = ["neighbours", "temperature", "batch_size", "image_size", "resize_size", "allow_unreadable"];

    private static ImmutableArray<string> LatencyOptions { get; } = ["batch_size", "image_size", "threads", "warmup", "repetitions"];

    /// <summary>All of them with what is known of them.</summary>
    public static ImmutableArray<BenchmarkDescription> Described { get; } =
    [
        new(Knn, "k-NN", "%", HigherIsBetter: true, NeedsImages: true, "top-1 accuracy", KnnOptions),
        new(PixelKnn, "k-NN on pixels", "%", HigherIsBetter: true, NeedsImages: true, "top-1 accuracy", KnnOptions),
        new(Latency, "Latency", "ms", HigherIsBetter: false, NeedsImages: false, "median latency", LatencyOptions),
    ];

    /// <summary>The names of all of them.</summary>
    public static ImmutableArray<string> All { get; } = [.. Described.Select(benchmark => benchmark.Name)];

    /// <summary>What is known of a benchmark.</summary>
    /// <param name="name">One of <see cref="All"/>.</param>
    /// <exception cref="PoaException">There is no such benchmark; the remedy lists those there are.</exception>
    public static BenchmarkDescription Describe(string name) => Described.FirstOrDefault(benchmark => benchmark.Name == name) ?? throw new PoaException(
        ErrorCodes.InvalidArgument, $"'{name}' is not a benchmark.", $"Choose one of {string.Join(", ", All)}.");
}

/// <summary>How the figures of a benchmark are to be read and shown.</summary>
/// <param name="Name">One of <see cref="Benchmarks"/>.</param>
/// <param name="Title">For people, such as <c>k-NN</c>.</param>
/// <param name="Unit">Unit of its figures as it stands behind a number: <c>%</c> or <c>ms</c>.</param>
/// <param name="HigherIsBetter">Whether a higher figure is a better one.</param>
/// <param name="NeedsImages">Whether it needs images; without, its data are <see cref="EvaluationData.None"/>.</param>
/// <param name="HeadlineLabel">Label of the figure shown first, such as <c>median latency</c>.</param>
/// <param name="Options">Names of the options that a request may set; see <see cref="SweepSpecification.Options"/>.</param>
public sealed record BenchmarkDescription(
    string Name, string Title, string Unit, bool HigherIsBetter, bool NeedsImages, string HeadlineLabel, ImmutableArray<string> Options);

/// <summary>Images that an evaluation uses.</summary>
/// <param name="Train">Data specification of the images with known labels.</param>
/// <param name="Test">Data specification of the held-out images.</param>
[GenerateSerializer, Immutable, Alias("poa.EvaluationData")]
public sealed record EvaluationData([property: Id(0)] string Train, [property: Id(1)] string Test)
{
    /// <summary>For a benchmark that needs no images.</summary>
    public static EvaluationData None { get; } = new("", "");
}

/// <summary>Outcome of one evaluation of one sub-network.</summary>
[GenerateSerializer, Immutable, Alias("poa.EvaluationResult")]
public sealed record EvaluationResult
{
    /// <summary>Name of the sub-network.</summary>
    [Id(0)]
    public required string SubNetwork { get; init; }

    /// <summary>One of <see cref="Benchmarks"/>.</summary>
    [Id(1)]
    public required string Benchmark { get; init; }

    /// <summary>Figures by name, such as <c>top1@20</c>, in the unit of the benchmark: <see cref="BenchmarkDescription.Unit"/>.</summary>
    [Id(2)]
    public required ImmutableSortedDictionary<string, double> Metrics { get; init; }

    /// <summary>The name of the figure to show when there is room for one.</summary>
    [Id(3)]
    public required string Headline { get; init; }

    /// <summary>How it was measured: resolution, k, temperature, counts, checkpoint hash, ...</summary>
    [Id(4)]
    public required ImmutableSortedDictionary<string, string> Protocol { get; init; }

    /// <summary>Parameters of the sub-network; 0 if there is none.</summary>
    [Id(5)]
    public long Parameters { get; init; }

    /// <summary>Multiply-accumulates of one image; 0 if there is no network.</summary>
    [Id(6)]
    public long MultiplyAccumulates { get; init; }

    /// <summary>Time of the pass that gave this result; shared by all sub-networks of the pass.</summary>
    [Id(7)]
    public TimeSpan Elapsed { get; init; }

    /// <summary>The figure named by <see cref="Headline"/>, or NaN if it is missing.</summary>
    public double HeadlineValue => Metrics.GetValueOrDefault(Headline, double.NaN);
}

/// <summary>Where one evaluation stands.</summary>
public enum JobStatus
{
    /// <summary>Nobody has asked for it.</summary>
    None,

    /// <summary>Asked for; waits or is worked on.</summary>
    Pending,

    /// <summary>Its result is stored.</summary>
    Completed,

    /// <summary>It ended with an error; can be asked for again.</summary>
    Failed,

    /// <summary>It ended its worker process twice; is tried again only on request.</summary>
    Quarantined,

    /// <summary>It was given up on request; can be asked for again.</summary>
    Cancelled,
}
