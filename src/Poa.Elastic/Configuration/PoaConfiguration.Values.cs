namespace Poa.Elastic;

public sealed partial record PoaConfiguration
{
    /// <summary>Every dotted key with its value in YAML, in the canonical order: what two configurations are compared by, key by key.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Values() =>
    [
        .. from leaf in ConfigurationProperty.Leaves(this)
           where leaf.Property.Families.Contains(Student.Architecture)
           select KeyValuePair.Create(leaf.Path, ScalarValues.Write(leaf.Property.Property.GetValue(leaf.Owner))),
    ];
}
