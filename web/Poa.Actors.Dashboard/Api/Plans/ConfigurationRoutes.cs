using Microsoft.AspNetCore.Mvc;
using Poa.Actors.Dashboard.Commands;
using Poa.Elastic;

namespace Poa.Actors.Dashboard.Api;

/// <summary>Configurations: what comes with the program, what a text comes to, what keys there are.</summary>
internal static class ConfigurationRoutes
{
    /// <summary>Adds the routes.</summary>
    public static void Map(RouteGroupBuilder reads)
    {
        var configurations = reads.MapGroup("").WithTags("Configurations");
        configurations.MapGet("/presets", Presets).WithName("listPresets");
        configurations.MapGet("/recipes", Recipes).WithName("listRecipes");
        configurations.MapGet("/presets/{name}", Preset).WithName("getPreset").FindsNothing();
        configurations.MapPost("/configurations/resolve", Resolve).WithName("resolveConfiguration").TakesJson<ConfigurationRequest>();
        configurations.MapGet("/configuration-reference", Reference).WithName("getConfigurationReference");
    }

    /// <summary>Names of the configurations that come with the program.</summary>
    internal static IReadOnlyList<string> Presets() => ConfigurationPresets.Names;

    /// <summary>Names of the methods of pre-training that come with the program: switches that go over a preset or a file.</summary>
    internal static IReadOnlyList<string> Recipes() => ConfigurationRecipes.Names;

    /// <summary>A configuration that comes with the program: its whole YAML and what it costs.</summary>
    /// <param name="name">Its name.</param>
    internal static ResolvedConfiguration Preset(string name) => ConfigurationPresets.Names.Contains(name)
        ? ResolvedConfiguration.Of(ConfigurationPresets.Load(name), images: 0)
        : throw new PoaException(ApiErrorCodes.PresetNotFound, "There is no preset of this name.", $"There are: {string.Join(", ", ConfigurationPresets.Names)}.");

    /// <summary>
    /// What a preset or a YAML text with overrides comes to: the whole configuration, and what a run of it would cost as far as the
    /// configuration tells. An answer of 400 names everything that is wrong.
    /// </summary>
    /// <param name="body">The text.</param>
    internal static ResolvedConfiguration Resolve([FromBody] ConfigurationRequest body)
    {
        Check.Range(nameof(body.Images), body.Images, 0, long.MaxValue);
        return ResolvedConfiguration.Of(new NewRun { Preset = body.Preset, Yaml = body.Yaml, Recipe = body.Recipe, Overrides = body.Overrides }.Configure(), body.Images);
    }

    /// <summary>Every key of a configuration with its type, default, range and meaning.</summary>
    /// <param name="architecture">The family of networks whose keys and defaults to list.</param>
    internal static IReadOnlyList<ConfigurationKeyDescription> Reference([Choice(typeof(ArchitectureFamily))] string architecture = "vit") =>
        ConfigurationReference.For(Check.Choice<ArchitectureFamily>(nameof(architecture), architecture));
}

/// <summary>A configuration as it is written. Exactly one of preset and YAML is given.</summary>
internal sealed record ConfigurationRequest
{
    /// <summary>Name of a preset.</summary>
    public string? Preset { get; init; }

    /// <summary>YAML, at most 256 KiB.</summary>
    public string? Yaml { get; init; }

    /// <summary>Name of a recipe that goes over it; null for none.</summary>
    public string? Recipe { get; init; }

    /// <summary><c>key=value</c> texts that go over it, at most 200.</summary>
    public IReadOnlyList<string> Overrides { get; init; } = [];

    /// <summary>Images in the training set, for the passes over it; 0 if not known.</summary>
    public long Images { get; init; }
}

/// <summary>A configuration that is right.</summary>
/// <param name="Yaml">The whole of it: every key with its value.</param>
/// <param name="Fingerprint">SHA-256 of the YAML, lower-case hexadecimal: equal exactly for equal configurations.</param>
/// <param name="Cost">What a run will cost, as far as the configuration tells; null for networks that cannot be built yet.</param>
internal sealed record ResolvedConfiguration(string Yaml, string Fingerprint, RunCost? Cost)
{
    /// <summary>A configuration for the wire.</summary>
    public static ResolvedConfiguration Of(PoaConfiguration configuration, long images) => new(
        configuration.ToYaml(),
        configuration.Fingerprint,
        configuration.Student.Architecture == ArchitectureFamily.Vit ? RunCost.Of(configuration, images) : null);
}
