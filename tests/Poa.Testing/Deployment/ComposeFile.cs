using YamlDotNet.RepresentationModel;

namespace Poa.Testing;

/// <summary>docker-compose.yml of the repository.</summary>
public static class ComposeFile
{
    public static YamlMappingNode Root { get; } = YamlFile.Read("docker-compose.yml").Single();

    public static IReadOnlyDictionary<string, YamlNode> Services => Root.Map("services");

    /// <summary>The services that run `poa`.</summary>
    public static IReadOnlyDictionary<string, YamlNode> OfPoa =>
        Services.Where(service => service.Value.Text("image").StartsWith("poa-", StringComparison.Ordinal)).ToDictionary();

    /// <summary>What comes after `poa` in the container of a service.</summary>
    public static string[] Command(string service) => Services[service].Texts("command");
}
