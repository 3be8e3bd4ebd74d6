using System.Globalization;
using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Poa.Actors;

/// <summary>
/// Holds a connection to every other silo, its <see cref="LivenessConnection"/>. When one breaks and the machine at its other end answers that
/// nobody listens there any more, the process is gone: the cluster is told at once, and what the silo had goes to others. A process that is merely
/// slow (a loaded machine, a pause of the garbage collector, a long native call) keeps its connections, since the kernel does, so that nothing is
/// said of it. A machine that went away as a whole answers nothing: that is left to the probes of the membership, which can therefore be patient.
/// </summary>
internal sealed class SiloFailureDetector(
    IClusterMembershipService membership, ISiloMetadataCache metadata, ILocalSiloDetails self, TimeProvider time, ILogger<SiloFailureDetector> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Dictionary<SiloAddress, (Task Watching, CancellationTokenSource Stop)> connections = [];
        using var timer = new PeriodicTimer(Look, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var silo in membership.CurrentSnapshot.Members.Keys.Where(silo => IsActive(silo) && !silo.Equals(self.SiloAddress) && !connections.ContainsKey(silo)))
                {
                    if (int.TryParse(metadata.GetSiloMetadata(silo).Metadata.GetValueOrDefault(SiloRoles.LivenessKey), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
                    {
                        var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                        var connection = new LivenessConnection(silo, new IPEndPoint(silo.Endpoint.Address, port), membership, time, logger);
                        connections.Add(silo, (connection.WatchAsync(stop.Token), stop));
                    }
                }

                foreach (var silo in connections.Keys.Where(silo => !IsActive(silo)).ToList())
                {
                    await EndAsync(connections[silo]);
                    connections.Remove(silo);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo goes down.
        }

        await Task.WhenAll(connections.Values.Select(EndAsync));
    }

    private static async Task EndAsync((Task Watching, CancellationTokenSource Stop) connection)
    {
        await connection.Stop.CancelAsync();
        await connection.Watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        connection.Stop.Dispose();
    }

    private bool IsActive(SiloAddress silo) => membership.CurrentSnapshot.GetSiloStatus(silo) == SiloStatus.Active;
}
