namespace Poa.Elastic;

/// <summary>One key of the configuration, described for people.</summary>
/// <param name="Key">The dotted key, for example <c>student.min_embed_dim</c>.</param>
/// <param name="Type">Its type in words; for a choice, the legal names.</param>
/// <param name="Default">The default in YAML.</param>
/// <param name="Range">The legal range, or empty.</param>
/// <param name="Description">What it means.</param>
public sealed record ConfigurationKeyDescription(string Key, string Type, string Default, string Range, string Description);

/// <summary>The reference of all configuration keys, generated from the records that are bound.</summary>
public static class ConfigurationReference
{
    /// <summary>Every key that exists for a family, in the canonical order, with that family's defaults.</summary>
    public static IReadOnlyList<ConfigurationKeyDescription> For(ArchitectureFamily family) =>
    [
        .. from leaf in ConfigurationProperty.Leaves(ArchitectureDefaults.For(family))
           where leaf.Property.Families.Contains(family)
           select new ConfigurationKeyDescription(
               leaf.Path,
               ScalarValues.Describe(leaf.Property),
               ScalarValues.Write(leaf.Property.Property.GetValue(leaf.Owner)),
               ConfigurationBinder.RangeOf(leaf.Property.Key),
               leaf.Property.Key.Description),
    ];
}
