using System.Text;

namespace Poa.Elastic;

/// <summary>
/// The one YAML text of a configuration: every key that exists for its architecture, in declaration order. Equal configurations have
/// equal texts, and the text loads as an equal configuration.
/// </summary>
internal static class CanonicalYaml
{
    public static string Write(PoaConfiguration configuration)
    {
        var yaml = new StringBuilder();
        WriteSection(yaml, configuration, new PoaConfiguration(), configuration.Student.Architecture, indent: 0);
        return yaml.ToString();
    }

    private static void WriteSection(StringBuilder yaml, object section, object defaults, ArchitectureFamily family, int indent)
    {
        foreach (var property in ConfigurationProperty.Of(section.GetType()).Where(property => property.Families.Contains(family)))
        {
            var value = property.Property.GetValue(section);
            var standard = property.Property.GetValue(defaults);
            if (property.Key.OmitIfDefault && Equals(value, standard))
            {
                continue;
            }

            yaml.Append(' ', indent).Append(property.Key.Name).Append(':');
            if (property.IsSection)
            {
                yaml.Append('\n');
                WriteSection(yaml, value!, standard!, family, indent + 2);
            }
            else
            {
                yaml.Append(' ').Append(ScalarValues.Write(value)).Append('\n');
            }
        }
    }
}
