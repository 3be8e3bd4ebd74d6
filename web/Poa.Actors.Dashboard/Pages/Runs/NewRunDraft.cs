using Poa.Actors.Dashboard.Commands;
using Poa.Elastic;

namespace Poa.Actors.Dashboard.Pages.Runs;

/// <summary>What is filled in on the page for a new run.</summary>
public sealed record NewRunDraft
{
    /// <summary>The preset of the shortest run that shows everything.</summary>
    public const string QuickPreset = "demo-quick";

    /// <summary>Images that come with the program.</summary>
    public const string DemoData = "demo";

    /// <summary>The preset to begin with; not used where <see cref="Yaml"/> is given.</summary>
    public string Preset { get; init; } = QuickPreset;

    /// <summary>Text of a configuration file; null for the preset.</summary>
    public string? Yaml { get; init; }

    /// <summary>Name of the recipe that goes over preset or file; empty for none.</summary>
    public string Recipe { get; init; } = "";

    /// <summary><c>key=value</c> texts, one on a line.</summary>
    public string Overrides { get; init; } = "";

    /// <summary>Name of stored weights to start from; empty for random ones.</summary>
    public string Weights { get; init; } = "";

    /// <summary>Data specification of the training images.</summary>
    public string Data { get; init; } = "";

    /// <summary>Name for people.</summary>
    public string Name { get; init; } = "";

    /// <summary>Higher is served first.</summary>
    public int Priority { get; init; } = WorkPriority.Default;

    /// <summary>How many workers are to train it together.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>With how many of them it may begin and go on.</summary>
    public int MinimumShards { get; init; } = 1;

    /// <summary>Lines of <see cref="Overrides"/> that say something, and the one that names <see cref="Weights"/>.</summary>
    public IReadOnlyList<string> OverrideLines =>
    [
        .. Overrides.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        .. Weights.Trim() is { Length: > 0 } weights ? [$"MODEL.WEIGHTS={weights}"] : Array.Empty<string>(),
    ];

    /// <summary>The run that is asked for.</summary>
    /// <param name="id">Its id, so that the command may be repeated; null where none is to be created.</param>
    public NewRun ToNewRun(string? id = null) => new()
    {
        Preset = Yaml is null ? Preset : null,
        Yaml = Yaml,
        Recipe = Recipe.Length > 0 ? Recipe : null,
        Overrides = OverrideLines,
        Data = Data.Trim(),
        Name = Name.Trim(),
        RunId = id,
        Priority = Priority,
        Shards = Shards,
        MinimumShards = Math.Min(MinimumShards, Shards),
    };

    /// <summary>The configuration that comes out, or everything that is wrong with it.</summary>
    public ResolvedDraft Resolve()
    {
        try
        {
            return new ResolvedDraft(ToNewRun().Configure(), null, [], []);
        }
        catch (PoaException e)
        {
            IReadOnlyList<ConfigurationFault> faults = (e.InnerException as ConfigurationException)?.Faults ?? [];
            var keys = OverrideLines.Select(line => line.Split('=')[0].Trim()).ToHashSet();
            bool IsOverride(ConfigurationFault fault) => keys.Contains(fault.Key) || fault.Message.Contains("override '", StringComparison.OrdinalIgnoreCase);
            return faults.Count == 0
                ? new ResolvedDraft(null, e.Error, [], [])
                : new ResolvedDraft(null, null, [.. faults.Where(fault => !IsOverride(fault))], [.. faults.Where(IsOverride)]);
        }
    }
}

/// <summary>What becomes of a <see cref="NewRunDraft"/>.</summary>
/// <param name="Configuration">The configuration; null if something is wrong.</param>
/// <param name="Error">What is wrong with the whole, if it is no single key.</param>
/// <param name="SourceFaults">What is wrong with preset or file.</param>
/// <param name="OverrideFaults">What is wrong with the overrides.</param>
public sealed record ResolvedDraft(
    PoaConfiguration? Configuration, WorkError? Error, IReadOnlyList<ConfigurationFault> SourceFaults, IReadOnlyList<ConfigurationFault> OverrideFaults);
