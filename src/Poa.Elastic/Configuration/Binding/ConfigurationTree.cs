namespace Poa.Elastic;

/// <summary>Where a value was written, for messages.</summary>
internal sealed record Origin(string Source, int Line)
{
    public override string ToString() => Line > 0 ? $"{Source}:{Line}" : Source;
}

/// <summary>A YAML value that remembers where it was written.</summary>
internal abstract record Node(Origin Origin)
{
    /// <summary>The value as a message shows it.</summary>
    public abstract string Text { get; }
}

/// <summary>A single value; plain if it was written without quotes and may therefore be a number, a truth value or null.</summary>
internal sealed record ScalarNode(Origin Origin, string Value, bool Plain) : Node(Origin)
{
    public bool IsNull => Plain && Value is "" or "~" or "null" or "Null" or "NULL";

    public override string Text => Value;
}

internal sealed record SequenceNode(Origin Origin, IReadOnlyList<Node> Items) : Node(Origin)
{
    public override string Text => $"[{string.Join(", ", Items.Select(item => item.Text))}]";
}

internal sealed record MappingNode(Origin Origin, IReadOnlyDictionary<string, Node> Entries) : Node(Origin)
{
    public override string Text => $"{{{string.Join(", ", Entries.Select(entry => $"{entry.Key}: {entry.Value.Text}"))}}}";

    /// <summary>This mapping with another's entries over it: mappings merge key by key, anything else is replaced, as OmegaConf does.</summary>
    public MappingNode MergedWith(MappingNode upper)
    {
        var entries = new Dictionary<string, Node>(Entries);
        foreach (var (key, value) in upper.Entries)
        {
            entries[key] = (entries.GetValueOrDefault(key), value) switch
            {
                (MappingNode below, MappingNode above) => below.MergedWith(above),
                // A section whose keys are all commented out changes nothing.
                (MappingNode below, ScalarNode { IsNull: true }) => below,
                _ => value,
            };
        }

        return new MappingNode(upper.Origin, entries);
    }

    public Node? Find(params ReadOnlySpan<string> path)
    {
        Node? node = this;
        foreach (var key in path)
        {
            node = (node as MappingNode)?.Entries.GetValueOrDefault(key);
        }

        return node;
    }
}
