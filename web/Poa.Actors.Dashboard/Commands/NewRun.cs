using System.Text;
using Poa.Elastic;

namespace Poa.Actors.Dashboard.Commands;

/// <summary>What somebody asks a run to be. Exactly one of <see cref="Preset"/> and <see cref="Yaml"/> is given.</summary>
public sealed record NewRun
{
    /// <summary>The longest configuration, in bytes of UTF-8.</summary>
    public const int MaxYamlBytes = 256 * 1024;

    /// <summary>The most overrides.</summary>
    public const int MaxOverrides = 200;

    /// <summary>The longest name, data specification or override, in characters.</summary>
    public const int MaxText = 1000;

    /// <summary>One of <see cref="ConfigurationPresets.Names"/>.</summary>
    public string? Preset { get; init; }

    /// <summary>Text of a configuration file, at most <see cref="MaxYamlBytes"/>.</summary>
    public string? Yaml { get; init; }

    /// <summary>One of <see cref="ConfigurationRecipes.Names"/>, that goes over preset or file; null for none.</summary>
    public string? Recipe { get; init; }

    /// <summary><c>key=value</c> texts that go over preset or file, at most <see cref="MaxOverrides"/>.</summary>
    public IReadOnlyList<string> Overrides { get; init; } = [];

    /// <summary>Data specification of the training images; empty for the configuration's <c>train.dataset_path</c>.</summary>
    public string Data { get; init; } = "";

    /// <summary>Name for people; may be empty.</summary>
    public string Name { get; init; } = "";

    /// <summary>Id of the run; a new one if null. The same command with the same id twice equals once.</summary>
    public string? RunId { get; init; }

    /// <summary>Higher is served first, equal ones share the workers fairly; see <see cref="WorkPriority"/>.</summary>
    public int Priority { get; init; } = WorkPriority.Default;

    /// <summary>How many workers are to train it together, in [1, <see cref="RunSpecification.MaxShards"/>].</summary>
    public int Shards { get; init; } = 1;

    /// <summary>With how many of them it may begin, and go on when some are lost; in [1, <see cref="Shards"/>].</summary>
    public int MinimumShards { get; init; } = 1;

    /// <summary>The configuration that this asks for: defaults, then preset or file, then the recipe, then overrides.</summary>
    /// <exception cref="PoaException">It is too long, or wrong; every fault is named (<see cref="ErrorCodes.InvalidArgument"/>).</exception>
    public PoaConfiguration Configure()
    {
        if (Overrides.Count > MaxOverrides || Overrides.Append(Name).Append(Data).Any(text => text.Length > MaxText))
        {
            throw Wrong($"There are more than {MaxOverrides} overrides, or one of the texts is longer than {MaxText} characters.", "Put what is long into a configuration file.");
        }

        if (Yaml is not null && Encoding.UTF8.GetByteCount(Yaml) > MaxYamlBytes)
        {
            throw Wrong($"The configuration is longer than {MaxYamlBytes / 1024} KiB.", "Give only the keys that differ from the defaults.");
        }

        try
        {
            IReadOnlyList<ConfigurationSource> below = (Preset, Yaml) switch
            {
                (not null, null) => ConfigurationPresets.Sources(Preset),
                (null, not null) => [new ConfigurationSource("configuration", Yaml)],
                _ => throw Wrong(
                    Yaml is null ? "No configuration is given." : "Both a preset and a configuration are given.",
                    $"Give one of the presets {string.Join(", ", ConfigurationPresets.Names)}, or a configuration."),
            };
            return PoaConfiguration.Load(ConfigurationRecipes.Over(below, Recipe), Overrides);
        }
        catch (ConfigurationException e)
        {
            throw new PoaException(
                new WorkError(ErrorCodes.InvalidArgument, e.Message, "Correct it; `poa config --reference` lists every key with its range."), e);
        }
    }

    private static PoaException Wrong(string message, string remedy) => new(ErrorCodes.InvalidArgument, message, remedy);
}
