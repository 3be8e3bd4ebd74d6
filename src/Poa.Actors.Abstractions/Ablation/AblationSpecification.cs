using System.Collections.Immutable;
using Poa.Elastic;

namespace Poa.Actors.Abstractions;

/// <summary>What an ablation trains and measures. Fixed once it is started.</summary>
[GenerateSerializer, Immutable, Alias("poa.AblationSpecification")]
public sealed record AblationSpecification
{
    /// <summary>The most runs of one ablation: rows times seeds.</summary>
    public const int MaxRuns = 200;

    /// <summary>Ablation id, see <see cref="Abstractions.AblationId"/>.</summary>
    [Id(0)]
    public required string AblationId { get; init; }

    /// <summary>What it is about, for people.</summary>
    [Id(1)]
    public required string Title { get; init; }

    /// <summary>What all runs share: the whole configuration as canonical YAML.</summary>
    [Id(2)]
    public required string ConfigurationYaml { get; init; }

    /// <summary>Data specification of the training images.</summary>
    [Id(3)]
    public required string Data { get; init; }

    /// <summary>Its rows; the first is what the others are compared with.</summary>
    [Id(4)]
    public required ImmutableArray<AblatedRow> Rows { get; init; }

    /// <summary>Seeds: each row is trained once with each. In [0, <see cref="AblationId.MaxSeed"/>].</summary>
    [Id(5)]
    public required ImmutableArray<long> Seeds { get; init; }

    /// <summary>Names of the sub-networks that are measured; a row measures those of them that its grid has.</summary>
    [Id(6)]
    public required ImmutableArray<string> SubNetworks { get; init; }

    /// <summary>What is measured: one of <see cref="Benchmarks.Searchable"/>.</summary>
    [Id(7)]
    public required string Benchmark { get; init; }

    /// <summary>Images of the benchmark.</summary>
    [Id(8)]
    public required EvaluationData Evaluation { get; init; }

    /// <summary>Options of the benchmark; those left out take the configuration of each run.</summary>
    [Id(9)]
    public ImmutableDictionary<string, string> Options { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Name of the figure, such as <c>top1@20</c>; null for the one that results show first.</summary>
    [Id(10)]
    public string? Metric { get; init; }

    /// <summary>Priority of its runs, see <see cref="WorkPriority"/>.</summary>
    [Id(11)]
    public int Priority { get; init; }

    /// <summary>Who asked for it: a user name; may be empty.</summary>
    [Id(12)]
    public string CreatedBy { get; init; } = "";

    /// <summary>Priority of its sweeps: just above that of its runs, so that a figure does not wait for all the trainings that are queued.</summary>
    public int SweepPriority => Math.Min(WorkPriority.Highest, Priority + 1);

    /// <summary>Refuses what cannot be; the configuration of every row is made once.</summary>
    /// <exception cref="PoaException">It says what (<see cref="ErrorCodes.InvalidArgument"/>).</exception>
    public void Validate()
    {
        Abstractions.AblationId.Validate(AblationId);
        WorkPriority.Validate(Priority);
        var benchmark = Benchmarks.Describe(Benchmark);
        Require(
            Benchmarks.Searchable.Contains(benchmark.Name),
            $"{benchmark.Title} does not say which row is the best.",
            $"Measure by one of {string.Join(", ", Benchmarks.Searchable)}.");
        Require(
            Evaluation.Train.Length > 0 && Evaluation.Test.Length > 0,
            $"Ablation {AblationId} names no images, which {benchmark.Name} needs.",
            "Name images with known labels, and held-out images.");
        Require(!Rows.IsDefaultOrEmpty && AreDistinct(Rows.Select(row => row.Name)), $"Ablation {AblationId} has no rows, or two of one name.", "Give each row a name of its own.");
        Require(
            Rows.All(row => AblationRow.IsName(row.Name)),
            $"A row of ablation {AblationId} is called '{Rows.FirstOrDefault(row => !AblationRow.IsName(row.Name))?.Name}'.",
            $"Use 1 to {AblationRow.MaxNameLength} lower-case letters, digits and dashes.");
        Require(
            !Seeds.IsDefaultOrEmpty && AreDistinct(Seeds) && Seeds.All(seed => seed is >= 0 and <= Abstractions.AblationId.MaxSeed),
            $"The seeds of ablation {AblationId} are [{(Seeds.IsDefault ? "" : string.Join(", ", Seeds))}].",
            $"Give at least one, each once, in [0, {Abstractions.AblationId.MaxSeed}].");
        Require(
            (long)Rows.Length * Seeds.Length <= MaxRuns,
            $"Ablation {AblationId} has {Rows.Length} rows with {Seeds.Length} seeds each, {(long)Rows.Length * Seeds.Length} runs in all.",
            $"Choose fewer: at most {MaxRuns} runs.");
        Require(
            !SubNetworks.IsDefaultOrEmpty && AreDistinct(SubNetworks),
            $"Ablation {AblationId} names no sub-network, or one twice.",
            "Name at least one, and each once.");
        foreach (var row in Rows)
        {
            Require(
                !SubNetworksOf(row).IsEmpty,
                $"Row '{row.Name}' has none of the sub-networks {string.Join(", ", SubNetworks)} in its grid.",
                "Choose one that each row has.");
        }
    }

    /// <summary>The configuration of a run.</summary>
    /// <param name="row">Its row.</param>
    /// <param name="seed">Its seed.</param>
    /// <exception cref="PoaException">The overrides of the row are wrong; every fault is named (<see cref="ErrorCodes.InvalidArgument"/>).</exception>
    public PoaConfiguration ConfigurationOf(AblatedRow row, long seed)
    {
        try
        {
            return row.ToRow().Configure(new ConfigurationSource($"ablation {AblationId}", ConfigurationYaml), seed);
        }
        catch (ConfigurationException e)
        {
            // Without the inner one, which cannot cross a grain call.
            throw new PoaException(ErrorCodes.InvalidArgument, $"Row '{row.Name}': {e.Message}", "Correct it; `poa config --reference` lists every key with its range.");
        }
    }

    /// <summary>The sub-networks that a row measures.</summary>
    /// <param name="row">The row.</param>
    public ImmutableArray<string> SubNetworksOf(AblatedRow row)
    {
        var grid = ConfigurationOf(row, Seeds[0]).Grid();
        return [.. SubNetworks.Where(name => SubNetwork.TryParse(name, out var cell) && grid.Contains(cell))];
    }

    /// <summary>True if <paramref name="other"/> asks for the same, whoever asks. Collections are compared by content.</summary>
    /// <param name="other">The other specification.</param>
    public bool IsSameAs(AblationSpecification other) =>
        AblationId == other.AblationId && Title == other.Title && ConfigurationYaml == other.ConfigurationYaml && Data == other.Data &&
        Rows.Length == other.Rows.Length && Rows.Zip(other.Rows).All(rows => rows.First.IsSameAs(rows.Second)) &&
        Seeds.SequenceEqual(other.Seeds) && SubNetworks.SequenceEqual(other.SubNetworks) && Benchmark == other.Benchmark &&
        EvaluationKey.Digest(Evaluation, Options) == EvaluationKey.Digest(other.Evaluation, other.Options) && Metric == other.Metric && Priority == other.Priority;

    private static bool AreDistinct<T>(IEnumerable<T> items)
    {
        List<T> all = [.. items];
        return all.Distinct().Count() == all.Count;
    }

    private static void Require(bool condition, string message, string remedy)
    {
        if (!condition)
        {
            throw new PoaException(ErrorCodes.InvalidArgument, message, remedy);
        }
    }
}

/// <summary>A row of an ablation, see <see cref="AblationRow"/>.</summary>
/// <param name="Name">Short name, part of the ids of its runs.</param>
/// <param name="Title">What a table calls it.</param>
/// <param name="Overrides">What it changes: <c>key=value</c> texts.</param>
[GenerateSerializer, Immutable, Alias("poa.AblatedRow")]
public sealed record AblatedRow([property: Id(0)] string Name, [property: Id(1)] string Title, [property: Id(2)] ImmutableArray<string> Overrides)
{
    /// <summary>A row of a table.</summary>
    /// <param name="row">The row.</param>
    public static AblatedRow Of(AblationRow row) => new(row.Name, row.Title, row.Overrides);

    /// <summary>The same as a value.</summary>
    public AblationRow ToRow() => new(Name, Title, Overrides);

    /// <summary>True if <paramref name="other"/> is the same row. Overrides are compared by content.</summary>
    /// <param name="other">The other row.</param>
    public bool IsSameAs(AblatedRow other) => Name == other.Name && Title == other.Title && Overrides.SequenceEqual(other.Overrides);
}
