using Poa.Elastic;

namespace Poa.Worker.Work;

/// <summary>Reads the configuration that a work item carries.</summary>
internal static class RunConfiguration
{
    /// <param name="yaml">Canonical YAML as stored with the run.</param>
    /// <exception cref="ConfigurationException">It is not valid in this version.</exception>
    public static PoaConfiguration Parse(string yaml) => PoaConfiguration.Load([new ConfigurationSource("the run's configuration", yaml)], []);
}
