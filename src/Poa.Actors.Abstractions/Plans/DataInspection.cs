using System.Collections.Immutable;

namespace Poa.Actors.Abstractions;

/// <summary>What a worker found behind a data specification: counted by listing, with a bounded sample decoded.</summary>
[GenerateSerializer, Immutable, Alias("poa.DataInspection")]
public sealed record DataInspection
{
    /// <summary>The canonical data specification: what to start a run with.</summary>
    [Id(0)]
    public required string Data { get; init; }

    /// <summary>Images found; at least 1.</summary>
    [Id(1)]
    public required long Images { get; init; }

    /// <summary>True if counting was cut short because it took too long: there are at least <see cref="Images"/> images.</summary>
    [Id(2)]
    public bool IsLowerBound { get; init; }

    /// <summary>Number of classes; null for images without labels.</summary>
    [Id(3)]
    public int? Classes { get; init; }

    /// <summary>The first classes in label order, at most 20.</summary>
    [Id(4)]
    public ImmutableArray<string> ClassNames { get; init; } = [];

    /// <summary>Images that were decoded, or could not be; at most 32, spread over the set.</summary>
    [Id(5)]
    public ImmutableArray<SampledImage> Sample { get; init; } = [];

    /// <summary>The worker shard whose process looked, such as <c>local/cpu</c>.</summary>
    [Id(6)]
    public string Shard { get; init; } = "";

    /// <summary>Images of the sample that cannot be read.</summary>
    public int Unreadable => Sample.Count(image => image.Error is not null);
}

/// <summary>An image that was tried.</summary>
/// <param name="Name">Its path, or for example <c>demo train #17</c>.</param>
/// <param name="Width">Columns; 0 if it cannot be read.</param>
/// <param name="Height">Rows; 0 if it cannot be read.</param>
/// <param name="Error">Why it cannot be read; null if it can.</param>
[GenerateSerializer, Immutable, Alias("poa.SampledImage")]
public sealed record SampledImage(
    [property: Id(0)] string Name,
    [property: Id(1)] int Width,
    [property: Id(2)] int Height,
    [property: Id(3)] string? Error = null);
