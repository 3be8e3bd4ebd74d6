using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Poa.Actors;

/// <summary>The connection by which this silo notices that the process of another one ends; see <see cref="SiloFailureDetector"/>.</summary>
/// <param name="silo">The other silo.</param>
/// <param name="end">Where its <see cref="LivenessListener"/> is.</param>
/// <param name="membership">Is told of its end.</param>
/// <param name="time">The clock of pauses between two tries.</param>
/// <param name="logger">The log.</param>
internal sealed partial class LivenessConnection(SiloAddress silo, IPEndPoint end, IClusterMembershipService membership, TimeProvider time, ILogger logger)
{
    /// <summary>Refusals in a row: one alone might be a port that is being opened.</summary>
    private const int RefusalLimit = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(2);
    private readonly ILogger _logger = logger;
    private bool _hasStood;
    private int _refusals;

    /// <summary>Connects, stays connected, and declares the silo dead if its process ends. Goes on until it is stopped.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        var isSaid = false;
        while (true)
        {
            try
            {
                await HoldAsync(cancellationToken);
            }
            // From where no connection ever stood, a refusal says nothing of the process: the port is not mapped, or a firewall answers for it.
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused && _hasStood)
            {
                if (++_refusals >= RefusalLimit && membership.CurrentSnapshot.GetSiloStatus(silo) == SiloStatus.Active)
                {
                    if (!isSaid)
                    {
                        LogGone(silo, end);
                        isSaid = true;
                    }

                    await DeclareAsync();
                    _refusals = 0;
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

    private async Task HoldAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        LivenessListener.KeepAlive(socket);
        using (var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            limit.CancelAfter(ConnectLimit);
            await socket.ConnectAsync(end, limit.Token);
        }

        if (!_hasStood)
        {
            LogWatched(silo, end);
        }

        (_hasStood, _refusals) = (true, 0);
        await socket.ReceiveAsync(new byte[1], cancellationToken);
    }

    private async Task DeclareAsync()
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

    [LoggerMessage(Level = LogLevel.Information, Message = "The process of silo {Silo} is watched by a connection to {End}")]
    private partial void LogWatched(SiloAddress silo, IPEndPoint end);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The process of silo {Silo} has ended: nobody listens at {End} any more")]
    private partial void LogGone(SiloAddress silo, IPEndPoint end);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The end of silo {Silo} could not be entered into the membership; tried again")]
    private partial void LogUndeclared(Exception exception, SiloAddress silo);
}
