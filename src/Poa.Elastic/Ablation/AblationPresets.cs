namespace Poa.Elastic;

/// <summary>The ablations that are part of this program.</summary>
public static class AblationPresets
{
    private const string Folder = "Ablations";

    /// <summary>All names, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } = EmbeddedYaml.Names(Folder);

    /// <summary>The rows of an ablation.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ConfigurationException">There is no such ablation; the message lists those there are.</exception>
    public static AblationTable Load(string name) => Names.Contains(name)
        ? AblationTable.Parse(EmbeddedYaml.Read(Folder, name))
        : throw new ConfigurationException([new("", name, $"There is no ablation '{name}'. There are: {string.Join(", ", Names)}.")]);
}
