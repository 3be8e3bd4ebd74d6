using Poa.Actors.Abstractions;
using Poa.Actors.Client;

namespace Poa.EndToEnd.Tests.Chaos;

/// <summary>Follows how far a run has come, through a client that may have nobody to ask at times.</summary>
public sealed class ProgressWatch : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private readonly CancellationTokenSource stop = new();
    private readonly Task watching;
    private long furthest;

    public ProgressWatch(PoaClient client, string run, int steps)
    {
        Steps = steps;
        watching = WatchAsync(client, run);
    }

    private int Steps { get; }

    /// <summary>The furthest part of the run that was seen done, in [0, 1].</summary>
    public double Progress => (double)Volatile.Read(ref furthest) / Steps;

    /// <summary>Waits until so much was seen done, or no longer than the limit.</summary>
    public async Task WaitAsync(double progress, TimeSpan limit)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (Progress < progress && TimeProvider.System.GetElapsedTime(start) < limit)
        {
            await Task.Delay(Period);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await watching;
        stop.Dispose();
    }

    private async Task WatchAsync(PoaClient client, string run)
    {
        try
        {
            while (true)
            {
                try
                {
                    var snapshot = await client.Runs.GetAsync(run, stop.Token);
                    var done = Math.Max(snapshot.Progress?.Done ?? 0, snapshot.LatestCheckpoint?.Iteration ?? 0);
                    Volatile.Write(ref furthest, Math.Max(done, furthest));
                }
                catch (PoaException e) when (e.Code == ErrorCodes.HostUnreachable)
                {
                    // Asked again.
                }

                await Task.Delay(Period, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The end.
        }
    }
}
