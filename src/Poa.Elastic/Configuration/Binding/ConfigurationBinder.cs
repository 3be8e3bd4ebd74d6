using System.Globalization;
using System.Reflection;

namespace Poa.Elastic;

/// <summary>Puts a YAML tree over a record of defaults and collects every fault of a single key.</summary>
internal sealed class ConfigurationBinder(ArchitectureFamily family, ICollection<ConfigurationFault> faults)
{
    private static readonly PoaConfiguration Defaults = new();

    /// <summary>A copy of <paramref name="defaults"/> with the tree's values. A faulty value leaves the default in place.</summary>
    public T Bind<T>(T defaults, MappingNode tree)
        where T : class => (T)BindSection(defaults, tree, prefix: "");

    private object BindSection(object defaults, MappingNode tree, string prefix)
    {
        var section = Clone(defaults);
        var properties = ConfigurationProperty.Of(section.GetType());
        foreach (var (name, node) in tree.Entries)
        {
            var path = prefix + name;
            var property = properties.FirstOrDefault(candidate => candidate.Key.Name == name);
            if (property is null)
            {
                Fault(path, node, $"{path} ({node.Origin}), given as {node.Text}, is not a configuration key.{NearestKey(path)}");
            }
            else if (!property.Families.Contains(family))
            {
                var families = string.Join(" and ", property.Families.Select(candidate => ConfigurationNames.Of(candidate)));
                Fault(path, node, $"{path} ({node.Origin}), given as {node.Text}, is a key of {families}, but student.arch is {ConfigurationNames.Of(family)}.");
            }
            else if (property.IsSection)
            {
                BindSubsection(section, property, node, path);
            }
            else
            {
                BindValue(section, property, node, path);
            }
        }

        return section;
    }

    private void BindSubsection(object section, ConfigurationProperty property, Node node, string path)
    {
        if (node is MappingNode mapping)
        {
            property.Property.SetValue(section, BindSection(property.Property.GetValue(section)!, mapping, path + "."));
        }
        else if (node is not ScalarNode { IsNull: true })
        {
            Fault(path, node, $"{path} ({node.Origin}) is {node.Text}, but must be a section with keys below it.");
        }
    }

    private void BindValue(object section, ConfigurationProperty property, Node node, string path)
    {
        var given = node is ScalarNode { IsNull: true } ? "has no value" : $"is {node.Text}";
        if (!ScalarValues.TryRead(node, property.Type, out var value))
        {
            Fault(path, node, $"{path} ({node.Origin}) {given}, but must be {Expectation(property)}.");
        }
        else if (!IsInRange(property.Key, value))
        {
            Fault(path, node, $"{path} ({node.Origin}) {given}, which is out of range: {Expectation(property)}.");
        }
        else
        {
            property.Property.SetValue(section, value);
        }
    }

    private static bool IsInRange(ConfigurationKeyAttribute key, object? value)
    {
        var numbers = ScalarValues.Numbers(value).ToArray();
        var isList = value is EquatableArray<int> or EquatableArray<double>;
        return numbers.All(number =>
                (key.MinExclusive ? number > key.Min : number >= key.Min) && (key.MaxExclusive ? number < key.Max : number <= key.Max))
            && !(isList && (key.Length > 0 ? numbers.Length != key.Length : numbers.Length == 0))
            && !(value is Interval interval && interval.Min > interval.Max);
    }

    private static string Expectation(ConfigurationProperty property)
    {
        var (type, range) = (ScalarValues.Describe(property), RangeOf(property.Key));
        var each = type.StartsWith("list", StringComparison.Ordinal) ? ", each" : "";
        return range.Length == 0 ? type : $"{type}{each} {range}";
    }

    /// <summary>The legal range of a key in words; empty where every number is legal.</summary>
    public static string RangeOf(ConfigurationKeyAttribute key)
    {
        var low = key.Min.ToString(CultureInfo.InvariantCulture);
        var high = key.Max.ToString(CultureInfo.InvariantCulture);
        return (double.IsFinite(key.Min), double.IsFinite(key.Max)) switch
        {
            (true, true) => $"in {(key.MinExclusive ? '(' : '[')}{low}, {high}{(key.MaxExclusive ? ')' : ']')}",
            (true, false) => key.MinExclusive ? $"> {low}" : $">= {low}",
            (false, true) => key.MaxExclusive ? $"< {high}" : $"<= {high}",
            _ => "",
        };
    }

    private string NearestKey(string path)
    {
        var leaf = path[(path.LastIndexOf('.') + 1)..];
        var keys = ConfigurationProperty.Leaves(Defaults)
            .Where(candidate => candidate.Property.Families.Contains(family))
            .Select(candidate => candidate.Path);
        var sections = ConfigurationProperty.Of(typeof(PoaConfiguration)).Select(section => section.Key.Name);
        var best = keys.Concat(sections)
            .Select(candidate => (Path: candidate, Distance: Math.Min(
                EditDistance.Between(candidate, path),
                // The right key in the wrong section; a little worse than the same number of typing errors within the section.
                EditDistance.Between(candidate[(candidate.LastIndexOf('.') + 1)..], leaf) + 1)))
            .MinBy(candidate => candidate.Distance);
        return best.Distance <= Math.Max(2, leaf.Length / 3) ? $" Did you mean {best.Path}?" : "";
    }

    private void Fault(string key, Node node, string message) => faults.Add(new(key, node.Text, message));

    // Records are copied through the method behind `with`; there is no public way to it for a type known at run time only.
    private static object Clone(object record) =>
        record.GetType().GetMethod("<Clone>$", BindingFlags.Public | BindingFlags.Instance)!.Invoke(record, null)!;
}
