using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using Poa.Actors.Dashboard.Api;
using Poa.Actors.Tests;

namespace Poa.Actors.Dashboard.Tests.Api;

/// <summary>Silence of a stream, and its end.</summary>
public sealed class HeartbeatTests
{
    private readonly FakeTimeProvider time = new();
    private readonly TaskCompletionSource sourceEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Stream_SilentForTheInterval_BeatsAndGoesOn()
    {
        var gate = new TaskCompletionSource();
        await using var items = EventStream.WithHeartbeats(OneBehindAsync(gate.Task), time, default, default).GetAsyncEnumerator();
        Assert.True(await items.MoveNextAsync());
        Assert.Equal("heartbeat", items.Current.EventType);

        for (var i = 0; i < 3; i++)
        {
            var next = items.MoveNextAsync();
            Assert.False(next.IsCompleted);
            time.Advance(EventStream.HeartbeatInterval);
            Assert.True(await next.AsTask().WaitAsync(Wait.Limit));
            Assert.Equal("heartbeat", items.Current.EventType);
            Assert.Null(items.Current.EventId);
        }

        gate.SetResult();
        Assert.True(await items.MoveNextAsync());
        Assert.Equal("thing", items.Current.EventType);
        Assert.False(await items.MoveNextAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_ServerStopsOrClientGoes_EndsTheWorkBehindIt(bool isServer)
    {
        using var end = new CancellationTokenSource();
        var (stopping, aborted) = isServer ? (end.Token, default) : (default(CancellationToken), end.Token);
        await using var items = EventStream.WithHeartbeats(OneBehindAsync(new TaskCompletionSource().Task), time, stopping, aborted).GetAsyncEnumerator();
        await items.MoveNextAsync();
        var next = items.MoveNextAsync();

        await end.CancelAsync();

        Assert.False(await next.AsTask().WaitAsync(Wait.Limit));
        await sourceEnded.Task.WaitAsync(Wait.Limit);
    }

    private async IAsyncEnumerable<SseItem<string>> OneBehindAsync(Task gate, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            await gate.WaitAsync(cancellationToken);
            yield return EventStream.Item("thing", 1, 1);
        }
        finally
        {
            sourceEnded.SetResult();
        }
    }
}
