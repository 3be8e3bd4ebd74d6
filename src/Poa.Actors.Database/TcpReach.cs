using System.Net;
using System.Net.Sockets;

namespace Poa.Actors.Database;

/// <summary>Whether this machine reaches a port of another.</summary>
public static class TcpReach
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>Connects, and says nothing.</summary>
    /// <param name="end">The port.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection; or null, and why there is none.</returns>
    public static async Task<(TcpClient? Connection, string? Fault)> ConnectAsync(IPEndPoint end, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        var client = new TcpClient(end.AddressFamily);
        var isConnected = false;
        try
        {
            await client.ConnectAsync(end, limit.Token);
            isConnected = true;
            return (client, null);
        }
        catch (SocketException e)
        {
            return (null, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, "no answer");
        }
        finally
        {
            if (!isConnected)
            {
                client.Dispose();
            }
        }
    }

    /// <summary>True if somebody takes connections there.</summary>
    /// <param name="end">The port.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<bool> AnswersAsync(IPEndPoint end, CancellationToken cancellationToken = default)
    {
        var (connection, _) = await ConnectAsync(end, cancellationToken);
        connection?.Dispose();
        return connection is not null;
    }
}
