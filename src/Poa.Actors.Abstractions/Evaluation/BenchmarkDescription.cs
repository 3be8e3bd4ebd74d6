using System.Collections.Immutable;

namespace Poa.Actors.Abstractions;

/// <summary>How the figures of a benchmark are to be read and shown, and what a request may say.</summary>
/// <param name="Name">One of <see cref="Benchmarks"/>.</param>
/// <param name="Title">For people, such as <c>k-NN</c>.</param>
/// <param name="Unit">Unit of its figures as it stands behind a number: <c>%</c> or <c>ms</c>.</param>
/// <param name="HigherIsBetter">Whether a higher figure is a better one.</param>
/// <param name="Images">What images it needs.</param>
/// <param name="HeadlineLabel">Label of the figure shown first, such as <c>median latency</c>.</param>
/// <param name="DescribedOptions">The options that a request may set; see <see cref="SweepSpecification.Options"/>.</param>
public sealed record BenchmarkDescription(
    string Name,
    string Title,
    string Unit,
    bool HigherIsBetter,
    BenchmarkImages Images,
    string HeadlineLabel,
    ImmutableArray<BenchmarkOption> DescribedOptions)
{
    /// <summary>Whether it needs images; without, its data are <see cref="EvaluationData.None"/>.</summary>
    public bool NeedsImages => Images != BenchmarkImages.None;

    /// <summary>Whether its figures say which sub-network to choose; otherwise they describe, and a better one is only the first in an order.</summary>
    public bool IsJudgement { get; init; } = true;

    /// <summary>Names of its options.</summary>
    public ImmutableArray<string> Options { get; } = [.. DescribedOptions.Select(option => option.Name)];
}

/// <summary>An option of a benchmark.</summary>
/// <param name="Name">Its name, as in <c>name=value</c>.</param>
/// <param name="Description">What it means and which values it takes.</param>
public sealed record BenchmarkOption(string Name, string Description);

/// <summary>Kinds of sets that benchmarks need.</summary>
public enum BenchmarkImages
{
    /// <summary>None at all.</summary>
    None,

    /// <summary>Images with a class each, such as <c>demo?split=train</c> or <c>imagenet:FOLDER?split=val</c>.</summary>
    Labelled,

    /// <summary>Images with boxes and masks: <c>coco:FOLDER?split=train</c>.</summary>
    Coco,

    /// <summary>Images with label maps: <c>ade20k:FOLDER?split=training</c>.</summary>
    Ade20k,
}
