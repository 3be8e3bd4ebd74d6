using System.Collections.Concurrent;
using System.Reflection;

namespace Poa.Elastic;

/// <summary>One property of a configuration record with what its attributes say.</summary>
internal sealed record ConfigurationProperty(PropertyInfo Property, ConfigurationKeyAttribute Key, IReadOnlyList<ArchitectureFamily> Families)
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<ConfigurationProperty>> Cache = new();

    public Type Type => Property.PropertyType;

    /// <summary>Whether the property is a section with keys of its own.</summary>
    public bool IsSection => Of(Type).Count > 0;

    /// <summary>The keys of a section's record, in the order they are declared.</summary>
    public static IReadOnlyList<ConfigurationProperty> Of(Type record) => Cache.GetOrAdd(record, static type =>
    [
        .. from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
           let key = property.GetCustomAttribute<ConfigurationKeyAttribute>()
           where key is not null
           orderby property.MetadataToken
           select new ConfigurationProperty(property, key, property.GetCustomAttribute<AppliesToAttribute>()?.Families ?? Enum.GetValues<ArchitectureFamily>()),
    ]);

    /// <summary>All leaf keys below a record with their dotted names.</summary>
    public static IEnumerable<(string Path, ConfigurationProperty Property, object Owner)> Leaves(object record, string prefix = "")
    {
        foreach (var property in Of(record.GetType()))
        {
            var path = prefix + property.Key.Name;
            if (!property.IsSection)
            {
                yield return (path, property, record);
                continue;
            }

            foreach (var leaf in Leaves(property.Property.GetValue(record)!, path + "."))
            {
                yield return leaf;
            }
        }
    }
}
