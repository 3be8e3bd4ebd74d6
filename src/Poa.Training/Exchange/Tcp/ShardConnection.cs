using System.Net.Security;
using System.Net.Sockets;

namespace Poa.Training.Exchange.Tcp;

/// <summary>A connection to another process: the socket, and what is written and read, which is encrypted where there are certificates.</summary>
internal sealed class ShardConnection : IDisposable
{
    private ShardConnection(Socket socket, Stream stream, string? fault) => (Socket, Stream, Fault) = (socket, stream, fault);

    /// <summary>For settings and the end; nothing is sent by it.</summary>
    public Socket Socket { get; }

    /// <summary>What the other side is told and says. One may write while another reads.</summary>
    public Stream Stream { get; }

    /// <summary>Why the other side's certificate is not to be taken, so that it may be told so, and nothing else; null if it is.</summary>
    public string? Fault { get; }

    /// <summary>The side that was connected to.</summary>
    /// <param name="socket">Connected; taken over, also if this fails.</param>
    /// <param name="tls">Certificates; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="System.Security.Authentication.AuthenticationException">There is no TLS with the other side.</exception>
    /// <exception cref="IOException">The other side hung up, or speaks something else.</exception>
    public static Task<ShardConnection> AcceptAsync(Socket socket, ExchangeTls? tls, CancellationToken cancellationToken) =>
        OpenAsync(socket, tls, (stream, own) => stream.AuthenticateAsServerAsync(own.ForServer(), cancellationToken));

    /// <summary>The side that connected; otherwise as <see cref="AcceptAsync"/>.</summary>
    public static Task<ShardConnection> ConnectAsync(Socket socket, ExchangeTls? tls, CancellationToken cancellationToken) =>
        OpenAsync(socket, tls, (stream, own) => stream.AuthenticateAsClientAsync(own.ForClient(), cancellationToken));

    /// <inheritdoc/>
    public void Dispose()
    {
        // The socket first: an encrypted stream would say good-bye to a side that may not listen.
        Socket.Dispose();
        Stream.Dispose();
    }

    private static async Task<ShardConnection> OpenAsync(Socket socket, ExchangeTls? tls, Func<SslStream, ExchangeTls, Task> greet)
    {
        var plain = new NetworkStream(socket, ownsSocket: false);
        if (tls is null)
        {
            return new(socket, plain, fault: null);
        }

        var stream = new SslStream(plain);
        try
        {
            await greet(stream, tls).ConfigureAwait(false);
            return new(socket, stream, tls.FaultOf(stream.RemoteCertificate));
        }
        catch
        {
            socket.Dispose();
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
