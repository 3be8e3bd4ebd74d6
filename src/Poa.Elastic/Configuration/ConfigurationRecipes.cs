namespace Poa.Elastic;

/// <summary>
/// Methods of pre-training that come with the program: each is a small YAML file that sets switches, to be merged over a preset or a file, whose
/// network, schedules and images it leaves as they are. <c>docs/recipes.md</c> has their sources.
/// </summary>
public static class ConfigurationRecipes
{
    private const string Folder = "Recipes";

    /// <summary>All names, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } = EmbeddedYaml.Names(Folder);

    /// <summary>A recipe's YAML text, for <see cref="PoaConfiguration.Load"/>.</summary>
    /// <exception cref="ConfigurationException">There is no such recipe; the message lists those there are.</exception>
    public static ConfigurationSource Source(string name) => Names.Contains(name)
        ? EmbeddedYaml.Read(Folder, name)
        : throw new ConfigurationException([new("", name, $"There is no recipe '{name}'. There are: {string.Join(", ", Names)}.")]);

    /// <summary>Sources with a recipe merged over them.</summary>
    /// <param name="below">Texts of a preset or a file.</param>
    /// <param name="name">The recipe's name, or null for none.</param>
    /// <exception cref="ConfigurationException">There is no such recipe.</exception>
    public static IReadOnlyList<ConfigurationSource> Over(IReadOnlyList<ConfigurationSource> below, string? name) => name is null ? below : [.. below, Source(name)];
}
