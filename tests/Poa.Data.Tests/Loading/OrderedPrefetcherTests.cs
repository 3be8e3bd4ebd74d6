using Poa.Data.Loading;
using Xunit;

namespace Poa.Data.Tests.Loading;

public sealed class OrderedPrefetcherTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(4, 3)]
    public void Next_ManyBatches_ComeInOrderAndWhole(int threads, int ahead)
    {
        using var prefetcher = new OrderedPrefetcher<long[], object>(new Numbers(), 5, null, threads, ahead, "test");
        for (var batch = 5L; batch < 500; batch++)
        {
            Assert.Equal([batch * 3, (batch * 3) + 1, (batch * 3) + 2], prefetcher.Next(Stop)!);
        }
    }

    [Fact]
    public void Fill_SlowConsumer_RunsNoFurtherAheadThanAllowed()
    {
        var numbers = new Numbers();
        using var prefetcher = new OrderedPrefetcher<long[], object>(numbers, 0, null, 3, 2, "test");
        for (var batch = 0; batch < 50; batch++)
        {
            prefetcher.Next(Stop);

            // The one handed out and two more.
            Assert.True(Volatile.Read(ref numbers.Latest) <= batch + 2, $"batch {numbers.Latest} was begun while {batch} was in use");
        }
    }

    [Fact]
    public void Next_CancelledWhileWaiting_Throws()
    {
        using var release = new ManualResetEventSlim();
        var numbers = new Numbers { Hold = release };
        var prefetcher = new OrderedPrefetcher<long[], object>(numbers, 0, null, 1, 1, "test");
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));

        Assert.ThrowsAny<OperationCanceledException>(() => prefetcher.Next(cancellation.Token));

        release.Set();
        Assert.Equal([0, 1, 2], prefetcher.Next(Stop)!);
        prefetcher.Dispose();
    }

    [Fact]
    public void Dispose_LoadersAtWork_EndsTheirThreads()
    {
        var numbers = new Numbers();
        var prefetcher = new OrderedPrefetcher<long[], object>(numbers, 0, null, 4, 2, "test");
        prefetcher.Next(Stop);
        prefetcher.Dispose();

        // Every loader has a workspace of its own; all threads that ever filled anything have ended.
        Assert.All(numbers.Threads, t => Assert.False(t.IsAlive));
        Assert.Throws<ObjectDisposedException>(() => prefetcher.Next(Stop));
    }

    private sealed class Numbers : IBatchFiller<long[], object>
    {
        public long Latest = -1;
        private readonly HashSet<Thread> threads = [];

        public ManualResetEventSlim? Hold { get; init; }

        public IReadOnlyCollection<Thread> Threads => threads;

        public long[] CreateBuffer() => new long[3];

        public int PartsOf(long batch) => 3;

        public void Fill(long[] buffer, long batch, int part, object workspace)
        {
            Hold?.Wait();
            lock (threads)
            {
                threads.Add(Thread.CurrentThread);
                Latest = Math.Max(Latest, batch);
            }

            buffer[part] = (batch * 3) + part;
        }

        public void Complete(long[] buffer, long batch)
        {
        }
    }
}
