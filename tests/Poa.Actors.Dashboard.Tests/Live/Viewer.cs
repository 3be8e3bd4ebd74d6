using Microsoft.Extensions.Time.Testing;
using Poa.Actors.Dashboard.Live;

namespace Poa.Actors.Dashboard.Tests.Live;

/// <summary>A subscriber that keeps what it was sent, as a page does. The test moves the clock while it waits.</summary>
internal sealed class Viewer : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private readonly FakeTimeProvider clock;
    private readonly RunSubscription subscription;
    private readonly IAsyncEnumerator<RunFeedUpdate> updates;
    private readonly CancellationTokenSource stop = new();
    private Task<bool>? next;

    public Viewer(RunFeeds feeds, FakeTimeProvider clock, string run = "fake")
    {
        this.clock = clock;
        subscription = feeds.Subscribe(run);
        updates = subscription.UpdatesAsync(stop.Token).GetAsyncEnumerator();
    }

    public RunSubscription Subscription => subscription;

    public List<long> Iterations { get; } = [];

    public List<double> Losses { get; } = [];

    public int Steps { get; private set; }

    public int Updates { get; private set; }

    public RunFeedUpdate? Last { get; private set; }

    public string Events => string.Join(",", Last?.Snapshot?.Events.Select(e => e.Message) ?? []);

    /// <summary>Takes updates until a condition holds, and moves the clock on while there is none.</summary>
    public async Task UntilAsync(string what, Func<bool> holds)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            await TakeAsync();
            if (TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromSeconds(30))
            {
                throw new TimeoutException($"Waited 30 s for {what}; {Updates} updates, iterations {string.Join(' ', Iterations)}, events {Events}");
            }
        }
    }

    /// <summary>Lets time pass and takes what comes.</summary>
    public async Task ForAsync(TimeSpan duration)
    {
        for (var passed = TimeSpan.Zero; passed < duration; passed += Tick)
        {
            await TakeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        if (next is not null)
        {
            await next.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        await updates.DisposeAsync();
        subscription.Dispose();
        stop.Dispose();
    }

    private async Task TakeAsync()
    {
        next ??= updates.MoveNextAsync().AsTask();
        if (!next.IsCompleted)
        {
            clock.Advance(Tick);

            // The feed works on other threads; what the tick woke gets a moment to run.
            await Task.WhenAny(next, Task.Delay(2));
            return;
        }

        Assert.True(await next);
        next = null;
        Apply(updates.Current);
    }

    private void Apply(RunFeedUpdate update)
    {
        (Last, Updates) = (update, Updates + 1);
        if (update.ReplacesCurve)
        {
            Iterations.Clear();
            Losses.Clear();
            Steps = 0;
        }

        Iterations.AddRange(update.Points.Iterations);
        Steps += update.Points.Counts.Sum();
        if (update.Points.Columns.TryGetValue("loss", out var loss))
        {
            Losses.AddRange(loss.Mean);
        }
    }
}
