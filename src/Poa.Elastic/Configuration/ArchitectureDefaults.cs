namespace Poa.Elastic;

/// <summary>
/// Defaults of each architecture family: those of the records are the ViT's; the others change some of them by an embedded file.
/// </summary>
internal static class ArchitectureDefaults
{
    private static readonly Dictionary<ArchitectureFamily, PoaConfiguration> ByFamily =
        Enum.GetValues<ArchitectureFamily>().ToDictionary(family => family, Read);

    public static PoaConfiguration For(ArchitectureFamily family) => ByFamily[family];

    private static PoaConfiguration Read(ArchitectureFamily family)
    {
        if (family == ArchitectureFamily.Vit)
        {
            return new PoaConfiguration();
        }

        var faults = new List<ConfigurationFault>();
        var tree = YamlReader.ReadSource(EmbeddedYaml.Read("Defaults", ConfigurationNames.Of(family)), faults);
        var defaults = new ConfigurationBinder(family, faults).Bind(new PoaConfiguration(), tree);
        return faults.Count == 0 ? defaults : throw new ConfigurationException(faults);
    }
}
