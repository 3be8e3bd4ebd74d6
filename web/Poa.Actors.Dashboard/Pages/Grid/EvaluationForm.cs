using System.Collections.Immutable;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Commands;
using Poa.Elastic;

namespace Poa.Actors.Dashboard.Pages.Grid;

/// <summary>What somebody asks to have measured, as it is filled in.</summary>
public sealed class EvaluationForm
{
    private static readonly char[] Blanks = [' ', '\t', '\r', '\n'];

    /// <summary>Names of the chosen benchmarks.</summary>
    public SortedSet<string> Chosen { get; } = new(StringComparer.Ordinal) { Benchmarks.Knn };

    /// <summary>The images for each kind of set, as they are typed.</summary>
    public IReadOnlyDictionary<BenchmarkImages, ImageFields> Images { get; } =
        Enum.GetValues<BenchmarkImages>().Where(kind => kind != BenchmarkImages.None).ToDictionary(kind => kind, ImageFields.Of);

    /// <summary>Options of each benchmark as they are typed, such as <c>neighbours=10,20 temperature=0.07</c>.</summary>
    public Dictionary<string, string> Options { get; } = [];

    /// <summary>Compute anew what is stored.</summary>
    public bool Recompute { get; set; }

    /// <summary>Higher is served first.</summary>
    public int Priority { get; set; } = WorkPriority.Default;

    /// <summary>The kinds of sets that the chosen benchmarks need, each once.</summary>
    public IEnumerable<ImageFields> Needed() => Described().Where(benchmark => benchmark.NeedsImages).Select(benchmark => Images[benchmark.Images]).Distinct();

    /// <summary>The chosen benchmarks, in their usual order.</summary>
    public IEnumerable<BenchmarkDescription> Described() => Benchmarks.Described.Where(benchmark => Chosen.Contains(benchmark.Name));

    /// <summary>The benchmarks that the run's family can be measured by: Swin and ResNet have no class token whose attention could be drawn.</summary>
    /// <param name="view">The grid.</param>
    public static IEnumerable<BenchmarkDescription> Offered(GridView view) =>
        Benchmarks.Described.Where(benchmark => benchmark.Name != Benchmarks.Attention || view.Configuration.Student.Architecture == ArchitectureFamily.Vit);

    /// <summary>Fills in the images: those that were asked for last, first of all with success, else, for labelled ones, what the run's own suggest.</summary>
    /// <param name="view">The grid.</param>
    public void Suggest(GridView view)
    {
        foreach (var (kind, fields) in Images)
        {
            var data = view.Measurements.Where(measurement => measurement.Benchmark.Images == kind).MinBy(measurement => measurement.Metrics.IsEmpty)?.Data
                ?? (kind == BenchmarkImages.Labelled ? HeldOut.Of(view.Run.Specification.Data) : EvaluationData.None);
            (fields.Train, fields.Test) = (data.Train, data.Test);
        }
    }

    /// <summary>What is wrong, field by field; empty if nothing is.</summary>
    public IReadOnlyDictionary<string, string> Faults()
    {
        var faults = new Dictionary<string, string>();
        foreach (var fields in Needed())
        {
            if (string.IsNullOrWhiteSpace(fields.Train))
            {
                faults[fields.TrainKey] = $"Name images to learn from, such as {fields.TrainExample}.";
            }

            if (string.IsNullOrWhiteSpace(fields.Test))
            {
                faults[fields.TestKey] = $"Name held-out images, such as {fields.TestExample}.";
            }
        }

        foreach (var benchmark in Described())
        {
            try
            {
                OptionsOf(benchmark);
            }
            catch (FormatException e)
            {
                faults[benchmark.Name] = e.Message;
            }
        }

        return faults;
    }

    /// <summary>Key of the measurement that a benchmark would be part of; null while a field is wrong.</summary>
    /// <param name="benchmark">The benchmark.</param>
    public string? KeyOf(BenchmarkDescription benchmark) =>
        Faults().ContainsKey(benchmark.Name) ? null : GridMeasurement.KeyOf(benchmark.Name, DataOf(benchmark), OptionsOf(benchmark));

    /// <summary>How many of the selected cells have their result already.</summary>
    /// <param name="view">The grid.</param>
    /// <param name="selected">Names of the selected cells.</param>
    /// <param name="benchmark">The benchmark.</param>
    public int Stored(GridView view, IEnumerable<string> selected, BenchmarkDescription benchmark)
    {
        var key = KeyOf(benchmark);
        var measurement = view.Measurements.FirstOrDefault(measurement => measurement.Key == key);
        return selected.Count(name => measurement?.Of(name)?.Result is not null);
    }

    /// <summary>The sweeps to start, one for each benchmark.</summary>
    /// <param name="view">The grid.</param>
    /// <param name="selected">Names of the selected cells.</param>
    /// <exception cref="FormatException">An option is wrong.</exception>
    public IReadOnlyList<NewSweep> Sweeps(GridView view, IReadOnlyCollection<string> selected) =>
    [
        .. Described().Select(benchmark => new NewSweep
        {
            Run = view.Run.Specification.RunId,
            Iteration = view.Iteration,
            Benchmark = benchmark.Name,
            Data = DataOf(benchmark),
            Options = OptionsOf(benchmark),
            SubNetworks = [.. view.Grid.SubNetworks.Select(cell => cell.ToString()).Where(selected.Contains)],
            Recompute = Recompute,
            Priority = Priority,
        }),
    ];

    private EvaluationData DataOf(BenchmarkDescription benchmark) => benchmark.NeedsImages ? Images[benchmark.Images].Data : EvaluationData.None;

    private ImmutableDictionary<string, string> OptionsOf(BenchmarkDescription benchmark)
    {
        var options = ImmutableDictionary.CreateBuilder<string, string>();
        foreach (var text in Options.GetValueOrDefault(benchmark.Name, "").Split(Blanks, StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = text.Split('=', 2);
            if (parts is not [{ Length: > 0 } name, { Length: > 0 } value])
            {
                throw new FormatException($"'{text}' is not of the form name=value.");
            }

            if (!benchmark.Options.Contains(name))
            {
                throw new FormatException($"{benchmark.Title} has no option '{name}'; it has {string.Join(", ", benchmark.Options)}.");
            }

            options[name] = value;
        }

        return options.ToImmutable();
    }
}
