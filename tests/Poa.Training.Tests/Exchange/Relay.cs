using System.Net;
using System.Net.Sockets;
using Poa.Training.Exchange;
using Poa.Training.Exchange.Tcp;

namespace Poa.Training.Tests.Exchange;

/// <summary>Two members whose connection runs through here, where it can be cut (as when a process is killed) or frozen (as when a process is stopped, or a machine hangs).</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener entrance = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource over = new();
    private readonly List<Socket> sockets = [];
    private volatile TaskCompletionSource flowing = Flowing();
    private Task pumps = Task.CompletedTask;

    public IShardExchange First { get; private set; } = LoneExchange.Instance;

    public IShardExchange Second { get; private set; } = LoneExchange.Instance;

    public string SecondAddress { get; private set; } = "";

    public static async Task<Relay> FormAsync(ExchangeTimings timings, CancellationToken cancellationToken, Func<bool>? isAbandoned = null)
    {
        var relay = new Relay();
        relay.entrance.Start();
        using var first = TcpShardListener.Open(IPAddress.Loopback);
        using var second = TcpShardListener.Open(IPAddress.Loopback);
        relay.SecondAddress = second.EndPoint.ToString();
        var forming = TcpExchange.FormAsync(first, new("run", 1, "", 0, [first.EndPoint.ToString(), relay.SecondAddress]), timings, isAbandoned, cancellationToken);
        var joining = TcpExchange.FormAsync(second, new("run", 1, "", 1, [relay.entrance.LocalEndpoint.ToString()!, relay.SecondAddress]), timings, isAbandoned, cancellationToken);
        var inner = await relay.entrance.AcceptSocketAsync(cancellationToken);
        var outer = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await outer.ConnectAsync(first.EndPoint, cancellationToken);
        relay.sockets.AddRange([inner, outer]);
        relay.pumps = Task.WhenAll(relay.PumpAsync(inner, outer), relay.PumpAsync(outer, inner));
        (relay.First, relay.Second) = (await forming, await joining);
        return relay;
    }

    public void Cut() => sockets.ForEach(socket => socket.Dispose());

    public void Freeze() => flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw() => flowing.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        Cut();
        await pumps;
        Parallel.ForEach([First, Second], member => member.Dispose());
        entrance.Dispose();
        over.Dispose();
    }

    private static TaskCompletionSource Flowing()
    {
        var flowing = new TaskCompletionSource();
        flowing.SetResult();
        return flowing;
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        try
        {
            var buffer = new byte[4096];
            while (await from.ReceiveAsync(buffer, over.Token) is > 0 and var count)
            {
                await flowing.Task.WaitAsync(over.Token);
                await to.SendAsync(buffer.AsMemory(0, count), over.Token);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // cut
        }
    }
}
