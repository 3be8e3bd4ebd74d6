using System.Reflection;

namespace Poa.Elastic;

/// <summary>Names of enumeration values in YAML, from <see cref="ConfigurationNameAttribute"/>.</summary>
internal static class ConfigurationNames
{
    public static string Of(Enum value) => AttributeOf(value.GetType(), value.ToString()).Name;

    public static IEnumerable<string> LegalFor(Type enumeration) =>
        Enum.GetNames(enumeration).Select(name => AttributeOf(enumeration, name).Name);

    public static Enum? Find(Type enumeration, string text)
    {
        foreach (var name in Enum.GetNames(enumeration))
        {
            var attribute = AttributeOf(enumeration, name);
            if (attribute.Name == text || attribute.Aliases.Contains(text))
            {
                return (Enum)Enum.Parse(enumeration, name);
            }
        }

        return null;
    }

    private static ConfigurationNameAttribute AttributeOf(Type enumeration, string name) =>
        enumeration.GetField(name)?.GetCustomAttribute<ConfigurationNameAttribute>()
        ?? throw new InvalidOperationException($"{enumeration.Name}.{name} has no {nameof(ConfigurationNameAttribute)}.");
}
