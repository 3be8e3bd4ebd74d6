namespace Poa.Worker.Work;

/// <summary>
/// Does something about once a second beside the work: flush metrics, report progress. An error of it is told to the
/// work at once and comes out of <see cref="StopAsync"/>.
/// </summary>
internal sealed class Ticker : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;

    /// <param name="time">The clock.</param>
    /// <param name="tick">What to do; not called again before it has ended.</param>
    /// <param name="failed">Called once if <paramref name="tick"/> throws; there are no ticks after that.</param>
    public Ticker(TimeProvider time, Func<Task> tick, Action failed) => loop = Task.Run(() => LoopAsync(time, tick, failed));

    /// <summary>Ends the ticks, with the error of the one that failed.</summary>
    public async Task StopAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
    }

    /// <summary>Ends the ticks; an error was told by the callback already.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await ((Task)loop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task LoopAsync(TimeProvider time, Func<Task> tick, Action failed)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token).ConfigureAwait(false))
            {
                await tick().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The end of the work.
        }
        catch
        {
            failed();
            throw;
        }
    }
}
