using System.Net;
using System.Net.Sockets;

namespace Poa.Actors;

/// <summary>
/// The end of a silo's liveness connections: takes connections on which nothing is ever said, and keeps them. The kernel closes them and the
/// port with the process, however that ends; as long as it lives they stand, be it ever so slow. See <see cref="SiloFailureDetector"/>.
/// </summary>
public sealed class LivenessListener : IDisposable
{
    /// <summary>More are closed at once: who watches tries again, and takes nothing amiss.</summary>
    private const int MaxConnections = 1024;

    /// <summary>Seconds of silence after which the kernel asks whether the other end is still there.</summary>
    private const int KeepAliveSeconds = 30;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly TcpListener _listener;
    private int _held;

    private LivenessListener(TcpListener listener) => _listener = listener;

    /// <summary>The port that it listens on.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Listens from now on.</summary>
    /// <param name="address">What to listen on.</param>
    /// <param name="port">The port; null for any free one.</param>
    /// <exception cref="PoaException">It cannot be used (<see cref="ErrorCodes.PortInUse"/>).</exception>
    public static LivenessListener Open(IPAddress address, int? port)
    {
        var listener = new TcpListener(address, port ?? 0);
        try
        {
            listener.Start();
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new PoaException(
                new WorkError(
                    ErrorCodes.PortInUse,
                    $"The port {port} for liveness connections on {address} cannot be used: {e.Message}.",
                    "Stop the process that listens there, choose another port, or name none to have a free one chosen."),
                e);
        }

        var opened = new LivenessListener(listener);
        _ = opened.AcceptAsync();
        return opened;
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    /// <summary>Has a connection on which nothing is said end when the machine at its other end has gone, instead of standing for ever.</summary>
    internal static void KeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveSeconds);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _ = HoldAsync(await _listener.AcceptSocketAsync());
            }
            catch (InvalidOperationException)
            {
                return; // disposed of, or stopped during the pause
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.OperationAborted)
            {
                return;
            }
            catch (SocketException)
            {
                // That one came to nothing; there are others. Out of descriptors, the next try would fail at once, too.
                await Task.Delay(Pause, TimeProvider.System);
            }
        }
    }

    private async Task HoldAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                if (Interlocked.Increment(ref _held) <= MaxConnections)
                {
                    KeepAlive(socket);
                    var nothing = new byte[1];
                    while (await socket.ReceiveAsync(nothing) > 0)
                    {
                        // Whatever is said does not matter.
                    }
                }
            }
            catch (SocketException)
            {
                // The other side has gone.
            }
            finally
            {
                Interlocked.Decrement(ref _held);
            }
        }
    }
}
