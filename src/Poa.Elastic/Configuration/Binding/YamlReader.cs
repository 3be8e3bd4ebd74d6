using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Poa.Elastic;

/// <summary>Reads YAML text and <c>key=value</c> overrides into <see cref="Node"/> trees.</summary>
internal static class YamlReader
{
    /// <summary>The deepest nesting; a configuration has three levels. Deeper text would use up the stack of whoever reads it.</summary>
    public const int MaxDepth = 32;

    /// <summary>The most values, those of aliases counted each time: a short text of aliases of aliases can stand for billions.</summary>
    public const int MaxNodes = 100_000;

    public static readonly MappingNode Empty = new(new Origin("", 0), new Dictionary<string, Node>());

    /// <summary>The mapping a source holds; an empty one, and a fault, where it holds none.</summary>
    public static MappingNode ReadSource(ConfigurationSource source, ICollection<ConfigurationFault> faults)
    {
        switch (Read(source.Name, source.Text, faults))
        {
            case null or ScalarNode { IsNull: true }:
                return Empty;
            case MappingNode mapping:
                return mapping;
            case var other:
                faults.Add(new("", other.Text, $"{other.Origin}: the file must hold sections such as 'train:' with keys below them, not a single value or list."));
                return Empty;
        }
    }

    /// <summary>The tree one override stands for: <c>a.b=v</c> is <c>{a: {b: v}}</c>.</summary>
    public static MappingNode ReadOverride(string text, ICollection<ConfigurationFault> faults)
    {
        var (key, value) = text.IndexOf('=') is var at and > 0 ? (text[..at].Trim(), text[(at + 1)..]) : ("", "");
        var path = key.Split('.');
        if (path.Any(string.IsNullOrWhiteSpace))
        {
            faults.Add(new("", text, $"Override '{text}': write key=value with a dotted key, for example optim.epochs=10."));
            return Empty;
        }

        var origin = new Origin($"override '{text}'", 0);
        if (Read(origin.Source, value, faults) is not { } node)
        {
            return Empty;
        }

        return (MappingNode)path.Reverse().Aggregate(node, (inner, name) => new MappingNode(origin, new Dictionary<string, Node> { [name] = inner }));
    }

    private static Node? Read(string source, string text, ICollection<ConfigurationFault> faults)
    {
        var stream = new YamlStream();
        var nodes = 0;
        try
        {
            CheckDepth(text);
            stream.Load(new StringReader(text));
            if (stream.Documents.Count > 1)
            {
                faults.Add(new("", null, $"{source} holds {stream.Documents.Count} YAML documents; only one is expected."));
            }

            return stream.Documents.Count == 0 ? new ScalarNode(new Origin(source, 0), "", Plain: true) : Convert(source, stream.Documents[0].RootNode, 0, ref nodes);
        }
        catch (YamlException fault)
        {
            faults.Add(new("", null, $"{source}:{fault.Start.Line}: not valid YAML: {fault.Message}"));
            return null;
        }
    }

    /// <summary>Looks at the nesting before a tree is built, which happens by recursion.</summary>
    private static void CheckDepth(string text)
    {
        var parser = new Parser(new StringReader(text));
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            // A stream and a document are levels too.
            if (depth > MaxDepth + 2)
            {
                throw TooMuch(parser.Current.Start, parser.Current.End);
            }
        }
    }

    private static YamlException TooMuch(Mark start, Mark end) =>
        new(start, end, $"it is nested deeper than {MaxDepth} levels, or stands for more than {MaxNodes} values");

    private static Node Convert(string source, YamlNode node, int depth, ref int nodes)
    {
        if (depth > MaxDepth || ++nodes > MaxNodes)
        {
            throw TooMuch(node.Start, node.End);
        }

        // An override is one line of its own: its text says more than a line number.
        var origin = new Origin(source, source.StartsWith("override ", StringComparison.Ordinal) ? 0 : (int)node.Start.Line);
        switch (node)
        {
            case YamlScalarNode scalar:
                return new ScalarNode(origin, scalar.Value ?? "", scalar.Style is ScalarStyle.Plain or ScalarStyle.Any);
            case YamlSequenceNode sequence:
                var items = new List<Node>();
                foreach (var item in sequence)
                {
                    items.Add(Convert(source, item, depth + 1, ref nodes));
                }

                return new SequenceNode(origin, items);
            case YamlMappingNode mapping:
                var entries = new Dictionary<string, Node>();
                foreach (var (key, value) in mapping)
                {
                    entries[key is YamlScalarNode { Value: { } name }
                        ? name
                        : throw new YamlException(key.Start, key.End, "A key must be a plain word.")] = Convert(source, value, depth + 1, ref nodes);
                }

                return new MappingNode(origin, entries);
            default:
                throw new YamlException(node.Start, node.End, $"A {node.NodeType} is not supported here.");
        }
    }
}
