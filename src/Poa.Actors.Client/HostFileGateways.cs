using System.Net;
using Orleans.Messaging;

namespace Poa.Actors.Client;

/// <summary>
/// Where to reach the host of a data folder, read anew each time: a host that was started again has other ports, and its clients
/// find it there.
/// </summary>
/// <param name="home">The data folder.</param>
internal sealed class HostFileGateways(string home) : IGatewayListProvider
{
    /// <inheritdoc/>
    public TimeSpan MaxStaleness => TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public bool IsUpdatable => true;

    /// <inheritdoc/>
    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<IList<Uri>> GetGateways() => Task.FromResult<IList<Uri>>(
        HostFile.TryRead(home) is { } file ? [new IPEndPoint(IPAddress.Loopback, file.GatewayPort).ToGatewayUri()] : []);
}
