using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Poa.Actors;

/// <summary>
/// Holds a connection to every other silo, its life line. When one breaks and the machine at its other end answers that nobody listens there any
/// more, the process is gone: the cluster is told at once, and what the silo had goes to others. A process that is merely slow (a loaded machine, a
/// pause of the garbage collector, a long native call) keeps its connections, since the kernel does, so that nothing is said of it. A
/// machine that went away as a whole answers nothing: that is left to the probes of the membership, which can therefore be patient.
/// </summary>
internal sealed partial class LifeWatch(
    IClusterMembershipService membership, ISiloMetadataCache metadata, ILocalSiloDetails self, TimeProvider time, ILogger<LifeWatch> logger) : BackgroundService
{
    /// <summary>Refusals in a row: one alone might be a port that is being opened.</summary>
    private const int RefusalLimit = 3;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(2);
    private readonly ILogger _logger = logger;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Dictionary<SiloAddress, (Task Watching, CancellationTokenSource Stop)> lines = [];
        using var timer = new PeriodicTimer(Look, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var silo in membership.CurrentSnapshot.Members.Keys.Where(silo => IsActive(silo) && !silo.Equals(self.SiloAddress) && !lines.ContainsKey(silo)))
                {
                    if (int.TryParse(metadata.GetSiloMetadata(silo).Metadata.GetValueOrDefault(SiloRoles.LifeKey), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
                    {
                        var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                        lines.Add(silo, (WatchAsync(silo, new IPEndPoint(silo.Endpoint.Address, port), stop.Token), stop));
                    }
                }

                foreach (var silo in lines.Keys.Where(silo => !IsActive(silo)).ToList())
                {
                    await EndAsync(lines[silo]);
                    lines.Remove(silo);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo goes down.
        }

        await Task.WhenAll(lines.Values.Select(EndAsync));
    }

    private static async Task EndAsync((Task Watching, CancellationTokenSource Stop) line)
    {
        await line.Stop.CancelAsync();
        await line.Watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        line.Stop.Dispose();
    }

    private bool IsActive(SiloAddress silo) => membership.CurrentSnapshot.GetSiloStatus(silo) == SiloStatus.Active;

    private async Task WatchAsync(SiloAddress silo, IPEndPoint end, CancellationToken cancellationToken)
    {
        var (refusals, isSaid) = (0, false);
        while (true)
        {
            try
            {
                await HoldAsync(end, () => refusals = 0, cancellationToken);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                if (++refusals >= RefusalLimit && IsActive(silo))
                {
                    if (!isSaid)
                    {
                        LogGone(silo, end);
                        isSaid = true;
                    }

                    await DeclareAsync(silo);
                    refusals = 0;
                }
            }
            catch (SocketException)
            {
                // Broken on the way, or out of reach: tried again.
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // No answer at all.
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <summary>Connects and stays connected.</summary>
    private static async Task HoldAsync(IPEndPoint end, Action connected, CancellationToken cancellationToken)
    {
        using var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using (var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            limit.CancelAfter(ConnectLimit);
            await socket.ConnectAsync(end, limit.Token);
        }

        connected();
        await socket.ReceiveAsync(new byte[1], cancellationToken);
    }

    private async Task DeclareAsync(SiloAddress silo)
    {
        try
        {
            await membership.TryKill(silo);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogUndeclared(e, silo); // the data base is away: declared again
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The process of silo {Silo} has ended: nobody listens at {End} any more")]
    private partial void LogGone(SiloAddress silo, IPEndPoint end);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The end of silo {Silo} could not be entered into the membership; tried again")]
    private partial void LogUndeclared(Exception exception, SiloAddress silo);
}
