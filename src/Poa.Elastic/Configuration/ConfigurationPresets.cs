namespace Poa.Elastic;

/// <summary>Named configurations that come with the program; each is a small YAML file over the defaults.</summary>
public static class ConfigurationPresets
{
    private const string Folder = "Presets";

    // A preset that changes a few keys of another one.
    private static readonly Dictionary<string, string> Bases = new() { ["demo-quick"] = "demo" };

    /// <summary>All names, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } = EmbeddedYaml.Names(Folder);

    /// <summary>A preset's YAML texts, to be merged in this order by <see cref="PoaConfiguration.Load"/>.</summary>
    /// <exception cref="ConfigurationException">There is no such preset; the message lists those there are.</exception>
    public static IReadOnlyList<ConfigurationSource> Sources(string name)
    {
        if (!Names.Contains(name))
        {
            throw new ConfigurationException([new("", name, $"There is no preset '{name}'. There are: {string.Join(", ", Names)}.")]);
        }

        var own = EmbeddedYaml.Read(Folder, name);
        return Bases.TryGetValue(name, out var below) ? [.. Sources(below), own] : [own];
    }

    /// <summary>A preset with a recipe, if there is one, and overrides merged over it.</summary>
    /// <exception cref="ConfigurationException">There is no such preset or recipe, or an override is wrong.</exception>
    public static PoaConfiguration Load(string name, IReadOnlyList<string>? overrides = null, string? recipe = null) =>
        PoaConfiguration.Load(ConfigurationRecipes.Over(Sources(name), recipe), overrides);
}
