using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Poa.Training.Exchange.Tcp;

/// <summary>
/// Where the members of one process can be reached. It is opened first and its address told to whoever puts formations together; each
/// connection then goes to the member and formation that it asks for (<see cref="TcpExchange.FormAsync"/>), so that one is enough for a process.
/// </summary>
public sealed class TcpShardListener : IDisposable
{
    private const int Backlog = 64;

    /// <summary>A connection that has not said who it is after this time is closed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>After the system could not take a connection, for want of file handles for instance.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Lock gate = new();
    private readonly Dictionary<(string Run, int Rank), Expectation> expected = [];
    private readonly CancellationTokenSource closed = new();
    private readonly Socket socket;

    private TcpShardListener(Socket socket, ExchangeTls? tls)
    {
        this.socket = socket;
        Tls = tls;
        _ = AcceptAsync();
    }

    /// <summary>Takes a connection whose sender asks for a formation.</summary>
    /// <returns>True if it is kept, false if it is to be closed.</returns>
    internal delegate Task<bool> Greet(Greeting greeting, ShardConnection connection, CancellationToken cancellationToken);

    /// <summary>Certificates, for connections in both directions; null for none.</summary>
    internal ExchangeTls? Tls { get; }

    /// <summary>Address and port.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)socket.LocalEndPoint!;

    /// <summary>Listens from now on.</summary>
    /// <param name="address">An address of this machine that the other members can reach.</param>
    /// <param name="port">A port; 0 for one that is free.</param>
    /// <param name="tls">Certificates, the same authorities in all processes; null for none.</param>
    /// <exception cref="SocketException">The address is not this machine's, or the port is taken.</exception>
    public static TcpShardListener Open(IPAddress address, int port = 0, ExchangeTls? tls = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            return new(socket, tls);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        closed.Cancel();
        socket.Dispose();
        closed.Dispose();
    }

    /// <summary>Sends connections for a member of a formation to it, until disposed.</summary>
    /// <exception cref="InvalidOperationException">The same member of the same run is forming in this process already.</exception>
    internal IDisposable Expect(ShardFormation formation, Greet greet)
    {
        var expectation = new Expectation(this, formation, greet);
        lock (gate)
        {
            return expected.TryAdd(expectation.Key, expectation)
                ? expectation
                : throw new InvalidOperationException($"{formation.Describe(formation.Rank)} is forming in this process already.");
        }
    }

    private async Task AcceptAsync()
    {
        var stop = closed.Token;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                // Each is greeted beside the others: one that says nothing holds nobody up.
                _ = GreetAsync(await socket.AcceptAsync(stop).ConfigureAwait(false), stop);
            }
            catch (SocketException) when (!stop.IsCancellationRequested)
            {
                await Task.Delay(Pause, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task GreetAsync(Socket peer, CancellationToken stop)
    {
        var taken = false;
        ShardConnection? connection = null;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(Patience);
            connection = await ShardConnection.AcceptAsync(peer, Tls, patience.Token).ConfigureAwait(false);
            var greeting = await GreetingWire.ReadAsync<Greeting>(connection.Stream, patience.Token).ConfigureAwait(false);
            if (connection.Fault is { } fault)
            {
                await GreetingWire.WriteAsync(connection.Stream, new Welcome($"its certificate is not taken: {fault}"), patience.Token).ConfigureAwait(false);
                return;
            }

            taken = Find(greeting) is { } greet && await greet(greeting, connection, patience.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is InvalidDataException or IOException or AuthenticationException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Not a member, or one that has gone again: formations go on without this connection.
        }
        finally
        {
            if (!taken)
            {
                connection?.Dispose();
                peer.Dispose();
            }
        }
    }

    // A sender of a later generation is hung up on: it tries again, and by then the earlier formation has given way to the member it looks for.
    private Greet? Find(Greeting greeting)
    {
        lock (gate)
        {
            return expected.TryGetValue((greeting.Run, greeting.To), out var found) && greeting.Generation <= found.Formation.Generation ? found.Greet : null;
        }
    }

    private sealed record Expectation(TcpShardListener Listener, ShardFormation Formation, Greet Greet) : IDisposable
    {
        public (string Run, int Rank) Key => (Formation.Run, Formation.Rank);

        public void Dispose()
        {
            lock (Listener.gate)
            {
                Listener.expected.Remove(Key);
            }
        }
    }
}
