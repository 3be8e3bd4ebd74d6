using Poa.Worker.Devices;
using Xunit;

namespace Poa.Worker.Tests.Devices;

public sealed class DeviceThreadTests
{
    [Fact]
    public async Task RunAsync_SeveralPieces_AllRunInOrderOnOneThread()
    {
        var order = new List<int>();
        using var thread = new DeviceThread("test");

        var threads = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => thread.RunAsync(
            () =>
            {
                order.Add(i); // no lock: only one thread may come here
                return Environment.CurrentManagedThreadId;
            },
            TestContext.Current.CancellationToken)));

        Assert.Single(threads.Distinct());
        Assert.Equal(Enumerable.Range(0, 50), order);
    }

    [Fact]
    public async Task RunAsync_WorkThrows_GivesItsExceptionAndGoesOn()
    {
        using var thread = new DeviceThread("test");

        await Assert.ThrowsAsync<InvalidDataException>(() => thread.RunAsync<int>(() => throw new InvalidDataException(), TestContext.Current.CancellationToken));

        Assert.Equal(7, await thread.RunAsync(() => 7, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task RunAsync_CancelledBeforeItsTurn_DoesNotRun()
    {
        using var thread = new DeviceThread("test");
        using var hold = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        var first = thread.RunAsync(
            () =>
            {
                hold.Wait(TimeSpan.FromSeconds(30));
                return 0;
            },
            TestContext.Current.CancellationToken);
        var ran = false;
        var second = thread.RunAsync(() => ran = true, cancel.Token);

        await cancel.CancelAsync();
        hold.Set();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(0, await first);
        Assert.False(ran);
    }

    [Fact]
    public void Dispose_QueuedWork_IsDoneFirst()
    {
        var done = 0;
        var thread = new DeviceThread("test");
        for (var i = 0; i < 10; i++)
        {
            _ = thread.RunAsync(() => Interlocked.Increment(ref done), CancellationToken.None);
        }

        thread.Dispose();

        Assert.Equal(10, done);
    }
}
