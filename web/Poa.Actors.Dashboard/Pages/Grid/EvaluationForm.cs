using System.Collections.Immutable;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Commands;

namespace Poa.Actors.Dashboard.Pages.Grid;

/// <summary>What somebody asks to have measured, as it is filled in.</summary>
public sealed class EvaluationForm
{
    private static readonly char[] Blanks = [' ', '\t', '\r', '\n'];

    /// <summary>Names of the chosen benchmarks.</summary>
    public SortedSet<string> Chosen { get; } = new(StringComparer.Ordinal) { Benchmarks.Knn };

    /// <summary>Images with known labels.</summary>
    public string Train { get; set; } = "";

    /// <summary>Held-out images.</summary>
    public string Test { get; set; } = "";

    /// <summary>Options of each benchmark as they are typed, such as <c>neighbours=10,20 temperature=0.07</c>.</summary>
    public Dictionary<string, string> Options { get; } = [];

    /// <summary>Compute anew what is stored.</summary>
    public bool Recompute { get; set; }

    /// <summary>Whether a chosen benchmark needs images.</summary>
    public bool NeedsImages => Described().Any(benchmark => benchmark.NeedsImages);

    /// <summary>The chosen benchmarks, in their usual order.</summary>
    public IEnumerable<BenchmarkDescription> Described() => Benchmarks.Described.Where(benchmark => Chosen.Contains(benchmark.Name));

    /// <summary>Fills in the images: those that were asked for last, else what the run's own suggest.</summary>
    /// <param name="view">The grid.</param>
    public void Suggest(GridView view)
    {
        var data = view.Measurements.FirstOrDefault(measurement => measurement.Benchmark.NeedsImages)?.Data ?? HeldOut.Of(view.Run.Specification.Data);
        (Train, Test) = (data.Train, data.Test);
    }

    /// <summary>What is wrong, field by field; empty if nothing is.</summary>
    public IReadOnlyDictionary<string, string> Faults()
    {
        var faults = new Dictionary<string, string>();
        if (NeedsImages && string.IsNullOrWhiteSpace(Train))
        {
            faults[nameof(Train)] = "Name images with known labels, such as demo?split=train or folder:/data/photos.";
        }

        if (NeedsImages && string.IsNullOrWhiteSpace(Test))
        {
            faults[nameof(Test)] = "Name held-out images, such as demo?split=test or folder:/data/more-photos.";
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
        }),
    ];

    private EvaluationData DataOf(BenchmarkDescription benchmark) => benchmark.NeedsImages ? new EvaluationData(Train.Trim(), Test.Trim()) : EvaluationData.None;

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
