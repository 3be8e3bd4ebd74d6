using System.Net;
using System.Net.Sockets;

namespace Poa.Actors.Silo;

/// <summary>Chooses the ports of a host.</summary>
internal static class Ports
{
    /// <summary>The ports asked for, or free ones.</summary>
    /// <param name="address">What to listen on.</param>
    /// <param name="silo">Silo port; null for a free one.</param>
    /// <param name="gateway">Gateway port; null for a free one.</param>
    /// <exception cref="PoaException">A port asked for is taken (<see cref="ErrorCodes.PortInUse"/>), or both are the same.</exception>
    public static (int Silo, int Gateway) Choose(IPAddress address, int? silo, int? gateway)
    {
        if (silo is not null && silo == gateway)
        {
            throw new PoaException(ErrorCodes.InvalidArgument, $"Silo and gateway cannot share the port {silo}.", "Choose two ports, or none.");
        }

        // Both are held at once, so that they differ.
        using var first = Bind(address, silo, "silo");
        using var second = Bind(address, gateway, "gateway");
        return (PortOf(first), PortOf(second));
    }

    private static Socket Bind(IPAddress address, int? port, string what)
    {
        if (port is < 1 or > IPEndPoint.MaxPort)
        {
            throw new PoaException(ErrorCodes.InvalidArgument, $"The {what} port {port} is not in [1, {IPEndPoint.MaxPort}].", "Choose another, or none.");
        }

        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port ?? 0));
            socket.Listen();
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new PoaException(
                new WorkError(
                    ErrorCodes.PortInUse,
                    $"The {what} port {port} on {address} cannot be used: {e.Message}.",
                    "Stop the process that listens there, choose another port, or name none to have a free one chosen."),
                e);
        }
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;
}
