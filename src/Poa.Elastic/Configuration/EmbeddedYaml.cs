using System.Reflection;

namespace Poa.Elastic;

/// <summary>The YAML files that are part of this assembly.</summary>
internal static class EmbeddedYaml
{
    public static IReadOnlyList<string> Names(string folder) =>
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(folder + "/", StringComparison.Ordinal))
            .Select(name => name[(folder.Length + 1)..])
            .Order(StringComparer.Ordinal),
    ];

    public static ConfigurationSource Read(string folder, string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{folder}/{name}")
            ?? throw new FileNotFoundException($"No YAML file {folder}/{name} is part of this program.");
        using var reader = new StreamReader(stream);
        return new ConfigurationSource(name, reader.ReadToEnd());
    }
}
