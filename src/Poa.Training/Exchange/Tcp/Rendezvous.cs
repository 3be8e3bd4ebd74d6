using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Poa.Training.Exchange.Tcp;

/// <summary>
/// Brings the members of a formation together: each connects to those of lower rank and is connected to by those of higher rank, so that
/// there is one connection for each two. Used once.
/// </summary>
internal sealed class Rendezvous(TcpShardListener listener, ShardFormation formation, ExchangeTimings timings)
{
    /// <summary>A member that does not listen yet is tried again after this time.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<int, TaskCompletionSource<ShardConnection>> others = Enumerable.Range(0, formation.Members.Count)
        .Where(rank => rank != formation.Rank)
        .ToDictionary(rank => rank, _ => new TaskCompletionSource<ShardConnection>(TaskCreationOptions.RunContinuationsAsynchronously));

    // Why the last try to reach a member failed.
    private readonly ConcurrentDictionary<int, string> failures = [];

    /// <returns>The connections by rank of the other member.</returns>
    /// <exception cref="ShardLostException">A member did not come in time.</exception>
    /// <exception cref="ShardRefusedException">A member does not take this one in.</exception>
    public async Task<IReadOnlyDictionary<int, ShardConnection>> MeetAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var giveUp = stop.Token.Register(() =>
        {
            foreach (var other in others.Values)
            {
                other.TrySetCanceled(stop.Token);
            }
        });
        stop.CancelAfter(timings.Formation);
        using var door = listener.Expect(formation, GreetAsync);
        Task[] work = [.. Enumerable.Range(0, formation.Rank).Select(rank => ConnectAsync(rank, stop))];
        try
        {
            await Task.WhenAll(others.Values.Select(other => other.Task)).ConfigureAwait(false);
            return others.ToDictionary(other => other.Key, other => other.Value.Task.Result);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            var missing = others.First(other => other.Value.Task.IsCanceled).Key;
            var lastTry = failures.TryGetValue(missing, out var failure) ? $" (last try: {failure})" : "";
            throw new ShardLostException(missing, formation.Describe(missing), $"it did not come within {timings.Formation.TotalSeconds:0.#} s{lastTry}", error);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (others.Values.Any(other => !other.Task.IsCompletedSuccessfully))
            {
                foreach (var other in others.Values.Where(other => other.Task.IsCompletedSuccessfully))
                {
                    other.Task.Result.Dispose();
                }
            }
        }
    }

    private async Task<bool> GreetAsync(Greeting greeting, ShardConnection connection, CancellationToken cancellationToken)
    {
        var fault = greeting.FaultAgainst(formation)
            ?? (others[greeting.Rank].Task.IsCompleted ? $"member {greeting.Rank} is there already" : null);
        await GreetingWire.WriteAsync(connection.Stream, new Welcome(fault), cancellationToken).ConfigureAwait(false);
        return fault is null && others[greeting.Rank].TrySetResult(connection);
    }

    private async Task ConnectAsync(int rank, CancellationTokenSource stop)
    {
        try
        {
            var connection = await ConnectAsync(rank, stop.Token).ConfigureAwait(false);
            if (!others[rank].TrySetResult(connection))
            {
                connection.Dispose();
            }
        }
        catch (OperationCanceledException)
        {
            others[rank].TrySetCanceled();
        }
        catch (Exception error)
        {
            others[rank].TrySetException(error);
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task<ShardConnection> ConnectAsync(int rank, CancellationToken cancellationToken)
    {
        while (true)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            ShardConnection? connection = null;
            var taken = false;
            try
            {
                await socket.ConnectAsync(formation.EndPointOf(rank), cancellationToken).ConfigureAwait(false);
                connection = await ShardConnection.ConnectAsync(socket, listener.Tls, cancellationToken).ConfigureAwait(false);
                if (connection.Fault is { } fault)
                {
                    throw new ShardRefusedException($"{formation.Describe(rank)} shows a certificate that member {formation.Rank} does not take: {fault}.");
                }

                await GreetingWire.WriteAsync(connection.Stream, Greeting.Of(formation, rank), cancellationToken).ConfigureAwait(false);
                var welcome = await GreetingWire.ReadAsync<Welcome>(connection.Stream, cancellationToken).ConfigureAwait(false);
                taken = welcome.Fault is null;
                return taken ? connection : throw new ShardRefusedException($"{formation.Describe(rank)} refuses member {formation.Rank}: {welcome.Fault}.");
            }
            catch (AuthenticationException error)
            {
                throw new ShardRefusedException($"{formation.Describe(rank)} cannot be spoken to by TLS: {error.Message}");
            }
            catch (Exception error) when (error is SocketException or IOException or InvalidDataException)
            {
                failures[rank] = error.Message.TrimEnd('.');
                await Task.Delay(Retry, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (!taken)
                {
                    connection?.Dispose();
                    socket.Dispose();
                }
            }
        }
    }
}
