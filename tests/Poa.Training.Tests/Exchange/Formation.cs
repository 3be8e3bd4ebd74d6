using System.Net;
using Poa.Training.Exchange;
using Poa.Training.Exchange.Tcp;

namespace Poa.Training.Tests.Exchange;

/// <summary>Formations for tests, and members that run as threads.</summary>
internal static class Formation
{
    /// <summary>No test waits longer for anything; far above what it takes on a slow machine.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>For members that are not to be lost however busy the machine is.</summary>
    private static readonly ExchangeTimings Patient = new() { Heartbeat = TimeSpan.FromSeconds(1), Silence = Limit, Formation = Limit };

    public static async Task<IReadOnlyList<IShardExchange>> OfAsync(string kind, int world) =>
        kind == "tcp" ? await TcpAsync(world) : [.. InProcessExchange.Form(world)];

    /// <summary>Members connected over the loopback interface.</summary>
    public static async Task<IReadOnlyList<IShardExchange>> TcpAsync(int world, ExchangeTimings? timings = null)
    {
        TcpShardListener[] listeners = [.. Enumerable.Range(0, world).Select(_ => TcpShardListener.Open(IPAddress.Loopback))];
        try
        {
            string[] members = [.. listeners.Select(listener => listener.EndPoint.ToString())];
            return await Task.WhenAll(listeners.Select((listener, rank) =>
                TcpExchange.FormAsync(listener, new("run", 1, "secret", rank, members), timings ?? Patient)));
        }
        finally
        {
            Array.ForEach(listeners, listener => listener.Dispose());
        }
    }

    /// <summary>Runs each member on a thread of its own, as a worker's device does, and disposes it there.</summary>
    /// <returns>What they returned, by rank; an exception of any is thrown when all have ended.</returns>
    public static async Task<T[]> RunAsync<T>(IReadOnlyList<IShardExchange> members, Func<IShardExchange, T> body)
    {
        var results = members.Select(member =>
        {
            var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
            new Thread(() =>
            {
                try
                {
                    using (member)
                    {
                        result.SetResult(body(member));
                    }
                }
                catch (Exception error)
                {
                    result.SetException(error);
                }
            })
            { IsBackground = true }.Start();
            return result.Task;
        });
        return await Task.WhenAll([.. results]).WaitAsync(Limit);
    }
}
