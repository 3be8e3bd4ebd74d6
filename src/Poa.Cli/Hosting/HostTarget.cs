using Poa.Actors.Database;

namespace Poa.Cli.Hosting;

/// <summary>Whom a command talks to.</summary>
/// <param name="Home">The data folder.</param>
/// <param name="Cluster">The cluster; null for the host of the data folder.</param>
internal sealed record HostTarget(string Home, ClusterAddress? Cluster)
{
    /// <summary>
    /// The data folder asked for; without one the cluster that the environment names (<see cref="ClusterAddress.DatabaseVariable"/>),
    /// else the usual data folder, see <see cref="HomeFolder.Resolve"/>.
    /// </summary>
    /// <param name="askedHome">What the command line says.</param>
    /// <param name="environment">Reads environment variables; null for the process's own.</param>
    public static HostTarget Resolve(string? askedHome, Func<string, string?>? environment = null) =>
        new(HomeFolder.Resolve(askedHome, environment), string.IsNullOrWhiteSpace(askedHome) ? ClusterAddress.FromEnvironment(environment) : null);

    /// <summary>The host of a data folder, whatever the environment says.</summary>
    public static HostTarget OfFolder(string home) => new(home, null);
}
