using System.Collections.Immutable;

namespace Poa.Actors.Abstractions;

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
    /// <summary>Fact of the <see cref="Protocol"/>: SHA-256 of the manifest of the checkpoint whose weights were measured.</summary>
    public const string CheckpointFact = "checkpoint_sha256";

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

    /// <summary>What was found beside the figures, such as the best setting of a linear probe or the figures of each category.</summary>
    [Id(8)]
    public ImmutableSortedDictionary<string, string> Details { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Pictures of what was found, stored before the result; empty where none were asked for, and in results of earlier versions.</summary>
    [Id(9)]
    public ImmutableArray<EvaluationPicture> Pictures { get; init; } = [];

    /// <summary>The figure named by <see cref="Headline"/>, or NaN if it is missing.</summary>
    public double HeadlineValue => Metrics.GetValueOrDefault(Headline, double.NaN);

    /// <summary>True unless it is known to be of other weights: a rollback may have had a checkpoint of the same iteration published anew.</summary>
    /// <param name="manifestSha256">SHA-256 of the manifest of the checkpoint that is meant; null if any will do.</param>
    public bool IsOf(string? manifestSha256) =>
        manifestSha256 is null || Protocol.GetValueOrDefault(CheckpointFact, manifestSha256) == manifestSha256;
}

/// <summary>A picture that belongs to a result: a JPEG file in the blob store.</summary>
/// <param name="Name">Name of the file, unique within its evaluation; a name always means the same bytes.</param>
/// <param name="Caption">What it shows, for people.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">SHA-256 of the file, lower-case hexadecimal digits.</param>
/// <param name="Width">Columns, in pixels.</param>
/// <param name="Height">Rows, in pixels.</param>
[GenerateSerializer, Immutable, Alias("poa.EvaluationPicture")]
public sealed record EvaluationPicture(
    [property: Id(0)] string Name,
    [property: Id(1)] string Caption,
    [property: Id(2)] long Size,
    [property: Id(3)] string Sha256,
    [property: Id(4)] int Width,
    [property: Id(5)] int Height)
{
    /// <summary>What kind of file it is.</summary>
    public const string MediaType = "image/jpeg";
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
