using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Poa.Actors;

/// <summary>
/// Holds a connection to every other silo, its <see cref="LivenessConnection"/>. When one breaks and the machine at its other end answers that
/// nobody listens there any more, the process is gone: the cluster is told at once, and what the silo had goes to others. A process that is merely
/// slow (a loaded machine, a pause of the garbage collector, a long native call) keeps its connections, since the kernel does, so that nothing is
/// said of it. A machine that went away as a whole answers nothing: that is left to the probes of the membership, which can therefore be patient.
/// </summary>
internal sealed partial class SiloFailureDetector(
    IClusterMembershipService membership, LivenessServiceClient silos, ILocalSiloDetails self, TimeProvider time, ILogger<SiloFailureDetector> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);
    private readonly ILogger _logger = logger;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Dictionary<SiloAddress, (Task Watching, CancellationTokenSource Stop)> watched = [];
        using var timer = new PeriodicTimer(Look, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var silo in membership.CurrentSnapshot.Members.Keys.Where(silo => IsActive(silo) && !silo.Equals(self.SiloAddress) && !watched.ContainsKey(silo)))
                {
                    var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                    watched.Add(silo, (WatchAsync(silo, stop.Token), stop));
                }

                foreach (var silo in watched.Keys.Where(silo => !IsActive(silo)).ToList())
                {
                    await EndAsync(watched[silo]);
                    watched.Remove(silo);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo goes down.
        }

        await Task.WhenAll(watched.Values.Select(EndAsync));
    }

    private static async Task EndAsync((Task Watching, CancellationTokenSource Stop) watch)
    {
        await watch.Stop.CancelAsync();
        await watch.Watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        watch.Stop.Dispose();
    }

    private bool IsActive(SiloAddress silo) => membership.CurrentSnapshot.GetSiloStatus(silo) == SiloStatus.Active;

    private async Task WatchAsync(SiloAddress silo, CancellationToken cancellationToken)
    {
        if (await PortAsync(silo, cancellationToken) is { } port)
        {
            await new LivenessConnection(silo, new IPEndPoint(silo.Endpoint.Address, port), membership, time, _logger).WatchAsync(cancellationToken);
        }
    }

    /// <summary>Asks until there is an answer: a silo that starts, or one under load, may not have one yet.</summary>
    private async Task<int?> PortAsync(SiloAddress silo, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await silos.GetPortAsync(silo).WaitAsync(AnswerLimit, time, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                LogSilent(e, silo);
            }

            await Task.Delay(Look, time, cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Silo {Silo} does not say yet where its liveness connections go; asked again")]
    private partial void LogSilent(Exception exception, SiloAddress silo);
}
