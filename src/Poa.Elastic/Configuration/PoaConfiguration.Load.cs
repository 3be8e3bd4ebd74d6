using System.Security.Cryptography;
using System.Text;

namespace Poa.Elastic;

public sealed partial record PoaConfiguration
{
    /// <summary>SHA-256 over <see cref="ToYaml"/> in lower-case hexadecimal: equal exactly for equal configurations.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToYaml())));

    /// <summary>
    /// Merges, in this order: the defaults of the architecture, the sources one after the other, the overrides. Mappings merge key by
    /// key, lists are replaced. The architecture is <c>student.arch</c>; where no source says it, a source whose file name contains
    /// <c>vit</c>, <c>swin</c> or <c>resnet</c> does, as in the authors' script, and else it is the ViT.
    /// </summary>
    /// <param name="yamls">YAML texts, the later over the earlier.</param>
    /// <param name="overrides"><c>key=value</c> with a dotted key and a YAML value on the right: <c>dino.head_n_prototypes=[512,1024]</c>.</param>
    /// <exception cref="ConfigurationException">Something is wrong; it lists every fault with key, value, place and what is allowed.</exception>
    public static PoaConfiguration Load(IReadOnlyList<ConfigurationSource> yamls, IReadOnlyList<string>? overrides = null)
    {
        ArgumentNullException.ThrowIfNull(yamls);
        var faults = new List<ConfigurationFault>();
        var given = yamls.Select(source => YamlReader.ReadSource(source, faults))
            .Concat((overrides ?? []).Select(text => YamlReader.ReadOverride(text, faults)))
            .Aggregate(YamlReader.Empty, (lower, upper) => lower.MergedWith(upper));

        var family = FamilyOf(given, yamls);
        var defaults = ArchitectureDefaults.For(family);
        var configuration = new ConfigurationBinder(family, faults).Bind(defaults, given);
        new ConfigurationRules(configuration, faults).Check();
        return faults.Count == 0 ? configuration : throw new ConfigurationException(faults);
    }

    /// <summary>The canonical YAML: every key with its value; loads as an equal configuration.</summary>
    public string ToYaml() => CanonicalYaml.Write(this);

    private static ArchitectureFamily FamilyOf(MappingNode given, IReadOnlyList<ConfigurationSource> yamls)
    {
        // A value that is no architecture is the binder's to report.
        if (given.Find("student", "arch") is ScalarNode scalar)
        {
            return ConfigurationNames.Find(typeof(ArchitectureFamily), scalar.Value) as ArchitectureFamily? ?? ArchitectureFamily.Vit;
        }

        (string Part, ArchitectureFamily Family)[] names =
            [("vit", ArchitectureFamily.Vit), ("swin", ArchitectureFamily.Swin), ("resnet", ArchitectureFamily.ResNet)];
        return (from source in yamls
                from name in names
                where Path.GetFileName(source.Name).Contains(name.Part, StringComparison.OrdinalIgnoreCase)
                select name.Family).FirstOrDefault();
    }
}
