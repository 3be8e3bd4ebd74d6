using YamlDotNet.RepresentationModel;

namespace Poa.Testing;

/// <summary>YAML files of the repository; reads see through merge keys, what is said beside one goes before.</summary>
public static class YamlFile
{
    private const string Merge = "<<";

    /// <summary>The documents of a file.</summary>
    public static IReadOnlyList<YamlMappingNode> Read(params string[] path)
    {
        using var reader = new StreamReader(Path.Combine([Repository.Root, .. path]));
        var stream = new YamlStream();
        stream.Load(reader);
        return [.. stream.Documents.Select(document => (YamlMappingNode)document.RootNode)];
    }

    /// <summary>What is under a key, and under keys below it; null if there is nothing.</summary>
    public static YamlNode? Find(this YamlNode node, params string[] keys)
    {
        var found = (YamlNode?)node;
        foreach (var key in keys)
        {
            found = found is YamlMappingNode map ? Merged(map).GetValueOrDefault(key) : null;
        }

        return found;
    }

    /// <summary>The text under a key.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static string Text(this YamlNode node, params string[] keys) =>
        (node.Find(keys) as YamlScalarNode)?.Value ?? throw new InvalidDataException($"There is no {string.Join('.', keys)} in {node}.");

    /// <summary>The items under a key; none if it is not there.</summary>
    public static IReadOnlyList<YamlNode> Items(this YamlNode node, params string[] keys) =>
        node.Find(keys) is YamlSequenceNode list ? [.. list.Children] : [];

    /// <summary>The texts under a key; none if it is not there.</summary>
    public static string[] Texts(this YamlNode node, params string[] keys) => [.. node.Items(keys).Select(item => ((YamlScalarNode)item).Value!)];

    /// <summary>Names and values under a key; none if it is not there.</summary>
    public static IReadOnlyDictionary<string, YamlNode> Map(this YamlNode node, params string[] keys) =>
        node.Find(keys) is YamlMappingNode map ? Merged(map) : new Dictionary<string, YamlNode>();

    private static Dictionary<string, YamlNode> Merged(YamlMappingNode map)
    {
        var own = map.Children.ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => pair.Value);
        if (!own.Remove(Merge, out var other))
        {
            return own;
        }

        var merged = Merged((YamlMappingNode)other);
        foreach (var (key, value) in own)
        {
            merged[key] = value;
        }

        return merged;
    }
}
