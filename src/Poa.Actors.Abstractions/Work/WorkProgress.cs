using System.Collections.Immutable;

namespace Poa.Actors.Abstractions;

/// <summary>How far a piece of work is.</summary>
[GenerateSerializer, Immutable, Alias("poa.WorkProgress")]
public sealed record WorkProgress
{
    /// <summary>Units done, see <see cref="Unit"/>: training iterations, or images.</summary>
    [Id(0)]
    public required long Done { get; init; }

    /// <summary>Units in all.</summary>
    [Id(1)]
    public required long Total { get; init; }

    /// <summary>What is counted: <c>iterations</c>, <c>images</c>, <c>passes</c>, ...</summary>
    [Id(2)]
    public string Unit { get; init; } = "iterations";

    /// <summary>What the worker is at: <c>loading</c>, <c>training</c>, <c>checkpoint</c>, <c>features</c>, <c>neighbours</c>, ...</summary>
    [Id(3)]
    public string Phase { get; init; } = "";

    /// <summary>Training loss, averaged over the last moments.</summary>
    [Id(4)]
    public double? Loss { get; init; }

    /// <summary>Learning rate of the last step.</summary>
    [Id(5)]
    public double? LearningRate { get; init; }

    /// <summary>Images per second.</summary>
    [Id(6)]
    public double? ImagesPerSecond { get; init; }

    /// <summary>Time left at the present rate.</summary>
    [Id(7)]
    public TimeSpan? Remaining { get; init; }

    /// <summary>Images that could not be read and were skipped.</summary>
    [Id(8)]
    public long SkippedImages { get; init; }

    /// <summary>Intermediate checkpoints of evaluations that were stored under this lease: what is before them is not lost with the worker.</summary>
    [Id(9)]
    public int StoredStates { get; init; }
}

/// <summary>What a piece of work brought about.</summary>
[GenerateSerializer, Immutable, Alias("poa.WorkCompletion")]
public sealed record WorkCompletion
{
    /// <summary>What it took.</summary>
    [Id(0)]
    public WorkCost? Cost { get; init; }

    /// <summary>For an extraction: the files that were published.</summary>
    [Id(1)]
    public ExtractedModel? Model { get; init; }

    /// <summary>For a calibration: what was measured.</summary>
    [Id(2)]
    public CalibrationResult? Calibration { get; init; }
}

/// <summary>What a piece of work took.</summary>
/// <param name="Elapsed">Time from start to end on the worker, over all attempts that count.</param>
/// <param name="Images">Images worked on.</param>
/// <param name="Iterations">Training iterations, 0 for other work.</param>
/// <param name="Device">Device, such as <c>cpu (2 threads)</c>.</param>
/// <param name="FloatOperations">Floating-point operations, if counted.</param>
[GenerateSerializer, Immutable, Alias("poa.WorkCost")]
public sealed record WorkCost(
    [property: Id(0)] TimeSpan Elapsed,
    [property: Id(1)] long Images,
    [property: Id(2)] long Iterations = 0,
    [property: Id(3)] string Device = "",
    [property: Id(4)] double? FloatOperations = null);

/// <summary>An extracted sub-network in the blob store.</summary>
/// <param name="Prefix">Folder in the blob store, with a slash at its end.</param>
/// <param name="ManifestSha256">SHA-256 over the published weights and their description, lower-case hexadecimal.</param>
/// <param name="Files">The files.</param>
[GenerateSerializer, Immutable, Alias("poa.ExtractedModel")]
public sealed record ExtractedModel(
    [property: Id(0)] string Prefix,
    [property: Id(1)] string ManifestSha256,
    [property: Id(2)] ImmutableArray<PublishedFile> Files);

/// <summary>A file in the blob store.</summary>
/// <param name="Name">Full blob name.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">SHA-256, lower-case hexadecimal.</param>
[GenerateSerializer, Immutable, Alias("poa.PublishedFile")]
public sealed record PublishedFile([property: Id(0)] string Name, [property: Id(1)] long Size, [property: Id(2)] string Sha256);
