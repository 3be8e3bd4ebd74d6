namespace Poa.Elastic;

/// <summary>
/// One key of the YAML configuration: its name, range and description. Binding, validation, the canonical form and the printed
/// reference are all generated from it; the default is the property's initial value.
/// </summary>
/// <param name="name">The key within its section, for example <c>min_embed_dim</c>.</param>
/// <param name="description">What it means, with unit and source.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConfigurationKeyAttribute(string name, string description = "") : Attribute
{
    /// <summary>The key within its section.</summary>
    public string Name { get; } = name;

    /// <summary>What it means. Empty for a section, whose description is its parts'.</summary>
    public string Description { get; } = description;

    /// <summary>Least legal value (of each item, for a list).</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>Greatest legal value (of each item, for a list).</summary>
    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>Whether <see cref="Min"/> itself is illegal.</summary>
    public bool MinExclusive { get; init; }

    /// <summary>Whether <see cref="Max"/> itself is illegal.</summary>
    public bool MaxExclusive { get; init; }

    /// <summary>Exact number of items of a list; 0 for one or more.</summary>
    public int Length { get; init; }

    /// <summary>Whether the canonical form leaves a section out as long as it equals its defaults.</summary>
    public bool OmitIfDefault { get; init; }
}

/// <summary>The architecture families a key exists for; without this attribute it exists for all.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AppliesToAttribute(params ArchitectureFamily[] families) : Attribute
{
    /// <summary>The families.</summary>
    public IReadOnlyList<ArchitectureFamily> Families { get; } = families;
}

/// <summary>How an enumeration's value is written in YAML.</summary>
/// <param name="name">The canonical name.</param>
/// <param name="aliases">Other names that are read as the same value.</param>
[AttributeUsage(AttributeTargets.Field)]
public sealed class ConfigurationNameAttribute(string name, params string[] aliases) : Attribute
{
    /// <summary>The canonical name.</summary>
    public string Name { get; } = name;

    /// <summary>Other names that are read as the same value.</summary>
    public IReadOnlyList<string> Aliases { get; } = aliases;
}
