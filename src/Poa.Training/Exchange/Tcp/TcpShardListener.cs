using System.Net;
using System.Net.Sockets;

namespace Poa.Training.Exchange.Tcp;

/// <summary>
/// Where a member can be reached. It is opened first, its address told to whoever puts the formation together, and then used for
/// one formation by <see cref="TcpExchange.FormAsync"/>.
/// </summary>
public sealed class TcpShardListener : IDisposable
{
    private const int Backlog = 64;

    private TcpShardListener(Socket socket) => Socket = socket;

    /// <summary>Address and port.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)Socket.LocalEndPoint!;

    internal Socket Socket { get; }

    /// <summary>Listens from now on.</summary>
    /// <param name="address">An address of this machine that the other members can reach.</param>
    /// <param name="port">A port; 0 for one that is free.</param>
    /// <exception cref="SocketException">The address is not this machine's, or the port is taken.</exception>
    public static TcpShardListener Open(IPAddress address, int port = 0)
    {
        ArgumentNullException.ThrowIfNull(address);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            return new(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Socket.Dispose();
}
