using System.Collections.Immutable;

namespace Poa.Elastic;

/// <summary>Reads an <see cref="AblationTable"/>; reports every fault with its place.</summary>
internal sealed class AblationReader
{
    private readonly List<ConfigurationFault> _faults = [];

    public static AblationTable Read(ConfigurationSource source)
    {
        var reader = new AblationReader();
        var file = YamlReader.ReadSource(source, reader._faults);
        reader.CheckKeys(file, "title", "rows");
        var rows = reader.Rows(source, file.Find("rows"));
        return reader._faults.Count == 0
            ? new AblationTable(reader.Text(file, "title") ?? Path.GetFileNameWithoutExtension(source.Name), rows)
            : throw new ConfigurationException(reader._faults);
    }

    private ImmutableArray<AblationRow> Rows(ConfigurationSource source, Node? node)
    {
        if (node is not SequenceNode { Items.Count: > 0 } list)
        {
            // Broken YAML is reported already.
            if (_faults.Count == 0)
            {
                Fault(node?.Origin ?? new Origin(source.Name, 0), "rows", node, "must be a list of rows, each with a name: '- name: my-row'");
            }

            return [];
        }

        ImmutableArray<AblationRow> rows = [.. list.Items.Select(Row).OfType<AblationRow>()];
        foreach (var twice in rows.GroupBy(row => row.Name).Where(group => group.Count() > 1))
        {
            Fault(list.Origin, "rows", null, $"has {twice.Count()} rows of the name '{twice.Key}'; each needs one of its own");
        }

        return rows;
    }

    private AblationRow? Row(Node node)
    {
        if (node is not MappingNode row)
        {
            Fault(node.Origin, "rows", node, "must have mappings such as '- name: my-row'");
            return null;
        }

        CheckKeys(row, "name", "title", "set", "usual");
        var name = Text(row, "name") ?? "";
        if (!AblationRow.IsName(name))
        {
            Fault(row.Origin, "name", row.Find("name"), $"must be 1 to {AblationRow.MaxNameLength} lower-case letters, digits and dashes");
        }

        return new AblationRow(name, Text(row, "title") ?? name, Overrides(row), IsUsual(row));
    }

    private ImmutableArray<string> Overrides(MappingNode row)
    {
        switch (row.Find("set"))
        {
            case null or ScalarNode { IsNull: true }:
                return [];
            case SequenceNode list when list.Items.All(item => item is ScalarNode):
                foreach (var item in list.Items.Where(item => item.Text.Split('=')[0].Trim() == AblationRow.SeedKey))
                {
                    Fault(item.Origin, "set", item, "must leave the seed out: each run of a row gets one of its own");
                }

                return [.. list.Items.Select(item => item.Text)];
            case var other:
                Fault(other.Origin, "set", other, "must be a list of key=value texts, those with brackets in quotes: ['dino.head_n_prototypes=[512]']");
                return [];
        }
    }

    private bool IsUsual(MappingNode row)
    {
        var text = Text(row, "usual") ?? "true";
        if (text is not ("true" or "false"))
        {
            Fault(row.Origin, "usual", row.Find("usual"), "must be true or false");
        }

        return text != "false";
    }

    private string? Text(MappingNode mapping, string key)
    {
        switch (mapping.Find(key))
        {
            case null:
                return null;
            case ScalarNode scalar:
                return scalar.Value;
            case var other:
                Fault(other.Origin, key, other, "must be a single text");
                return null;
        }
    }

    private void CheckKeys(MappingNode mapping, params ReadOnlySpan<string> known)
    {
        foreach (var (key, value) in mapping.Entries)
        {
            if (!known.Contains(key))
            {
                Fault(value.Origin, key, value, $"is not known here; there are {string.Join(", ", known.ToArray())}");
            }
        }
    }

    private void Fault(Origin origin, string key, Node? value, string message) =>
        _faults.Add(new(key, value?.Text, $"{origin}: '{key}'{(value is null ? "" : $" = {value.Text}")} {message}."));
}
