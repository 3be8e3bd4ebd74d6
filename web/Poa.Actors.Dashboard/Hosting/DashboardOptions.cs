using System.Net;

namespace Poa.Actors.Dashboard.Hosting;

/// <summary>How the dashboard is served.</summary>
public sealed record DashboardOptions
{
    /// <summary>The port that is tried first when none is asked for.</summary>
    public const int DefaultPort = 5280;

    /// <summary>Address to listen on; the loopback address unless users can sign in.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Port to listen on; 0 for any free one.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Data folder: accounts and the keys that protect cookies lie in <c>dashboard/</c> below it.</summary>
    public required string Home { get; init; }

    /// <summary>Compute threads of new runs whose configuration does not say; 0 leaves it to the worker.</summary>
    public int RunThreads { get; init; }
}
