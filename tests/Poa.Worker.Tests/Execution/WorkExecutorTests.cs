using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Storage;
using Poa.Worker.Execution;
using Poa.Worker.Gangs;
using Poa.Worker.Telemetry;
using Xunit;

namespace Poa.Worker.Tests.Execution;

public sealed class WorkExecutorTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string home = Directory.CreateTempSubdirectory("poa-worker-").FullName;
    private readonly FakeHandler handler = new();
    private readonly RecordingReporter reporter = new();
    private readonly LocalBlobStore blobs;
    private readonly GangExchanges gangs;
    private readonly WorkExecutor executor;

    public WorkExecutorTests()
    {
        Directory.CreateDirectory(Path.Combine(home, "scratch", "left-behind"));
        blobs = new LocalBlobStore(Path.Combine(home, "blobs"));
        var options = new WorkerOptions { Home = home };
        gangs = new GangExchanges(options);
        executor = new WorkExecutor(options, [handler], gangs, blobs, TimeProvider.System, NullLogger<WorkExecutor>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await executor.DisposeAsync();
        gangs.Dispose();
        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public void Constructor_ScratchOfAKilledProcess_IsSwept() => Assert.False(Directory.Exists(Path.Combine(home, "scratch", "left-behind")));

    [Fact]
    public async Task Constructor_KilledProcessWasTraining_SaysWhere()
    {
        var left = Directory.CreateDirectory(Path.Combine(home, "scratch", "7")).FullName;
        var lease = new WorkLease("train/r/0", 7, "local/cpu", new TrainingShardWork("r", "", "demo"), new WorkOwner(WorkOwnerKind.TrainingRun, "r"), 1);
        using (var place = PlaceFile.Create(lease, left))
        {
            place.Stage("building the network");
            place.Step(12345);
            place.Step(9);
        }

        await using var next = new WorkExecutor(new WorkerOptions { Home = home }, [handler], gangs, blobs, TimeProvider.System, NullLogger<WorkExecutor>.Instance);

        Assert.Equal(new InterruptedTraining("r", "train/r/0", 7, 7, "local/cpu", "training", 9), Assert.Single(next.Interrupted));
        Assert.False(Directory.Exists(left));
        Assert.Empty(executor.Interrupted);
    }

    [Fact]
    public async Task Start_WorkThatCompletes_ReportsItOnceAndClearsItsScratch()
    {
        handler.Finish.SetResult();

        executor.Start(Lease(1), reporter);
        await EndAsync();

        Assert.Single(reporter.Of<WorkCompletion>());
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(home, "scratch")));
    }

    [Fact]
    public async Task Start_RepeatedAfterTheEnd_DoesNotRunAgain()
    {
        handler.Finish.SetResult();
        executor.Start(Lease(1), reporter);
        await EndAsync();

        executor.Start(Lease(1), reporter);
        await executor.StopAsync("train/r/0", 1, StopReason.Cancel); // returns at once: nothing runs

        Assert.Equal(1, handler.Calls);
    }

    [Fact]
    public async Task Start_HigherToken_EndsTheOlderLeaseFirst()
    {
        executor.Start(Lease(1), reporter);
        await handler.Began(1);
        var newer = new RecordingReporter();

        executor.Start(Lease(2), newer);
        await handler.Began(2);

        Assert.Equal([StopReason.LeaseLost], reporter.Of<StopReason>());
        Assert.Equal(1, handler.MostAtOnce);
        handler.Finish.SetResult();
    }

    [Theory]
    [InlineData(StopReason.Pause)]
    [InlineData(StopReason.Cancel)]
    [InlineData(StopReason.Shutdown)]
    public async Task StopAsync_RunningWork_EndsAfterItsReport(StopReason reason)
    {
        executor.Start(Lease(1), reporter);
        await handler.Began(1);

        await executor.StopAsync("train/r/0", 1, reason).WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal([reason], reporter.Of<StopReason>());
    }

    [Fact]
    public async Task StopAsync_OtherToken_LeavesTheWorkAlone()
    {
        executor.Start(Lease(2), reporter);
        await handler.Began(1);

        await executor.StopAsync("train/r/0", 1, StopReason.Cancel);

        Assert.Empty(reporter.Reports);
    }

    [Fact]
    public async Task Start_HandlerFailsByTheCallersFault_ReportsAFinalErrorWithARemedy()
    {
        handler.Finish.SetException(new ConfigurationException([new("optim.lr", "-1", "optim.lr is -1; it must be above 0.")]));

        executor.Start(Lease(1), reporter);
        await EndAsync();

        var error = Assert.Single(reporter.Of<WorkError>());
        Assert.Equal("invalid-configuration", error.Code);
        Assert.Contains("optim.lr", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Remedy);
        Assert.False(error.Retryable);
    }

    [Fact]
    public async Task Start_HandlerFailsByTheMachinesFault_ReportsARetryableError()
    {
        handler.Finish.SetException(new InvalidOperationException("out of luck"));

        executor.Start(Lease(1), reporter);
        await EndAsync();

        var error = Assert.Single(reporter.Of<WorkError>());
        Assert.True(error.Retryable);
        Assert.Contains("out of luck", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_HandlerFails_LeavesALogWithTheStackOfTheError()
    {
        handler.Finish.SetException(new InvalidOperationException("out of luck"));

        executor.Start(Lease(7), reporter);
        await EndAsync();

        var log = File.ReadAllLines(Path.Combine(home, "blobs/runs/r/logs/0000000007_train+r+0_w+cpu.log"));
        Assert.Contains("INFO  train/r/0 begins on w/cpu, lease 7, attempt 1", log[0], StringComparison.Ordinal);
        Assert.Contains(log, line => line.Contains("ERROR System.InvalidOperationException: out of luck", StringComparison.Ordinal));
        Assert.Contains(log, line => line.Contains("ERROR        at ", StringComparison.Ordinal));
        Assert.Contains("The end: failed (", log[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_LogCannotBeWritten_TheWorkGoesOnAndCompletes()
    {
        // A file where the folder of the run's logs should be.
        await blobs.UploadAsync("runs/r", new MemoryStream([1]), BlobWriteCondition.Overwrite, cancellationToken: TestContext.Current.CancellationToken);
        handler.Finish.SetResult();

        executor.Start(Lease(1), reporter);
        await EndAsync();

        Assert.Single(reporter.Of<WorkCompletion>());
    }

    [Fact]
    public async Task Start_UnknownDevice_FailsNamingThoseThereAre()
    {
        executor.Start(Lease(1) with { Shard = "w/cuda:3" }, reporter);
        await EndAsync();

        Assert.Contains("cpu", Assert.Single(reporter.Of<WorkError>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_Refused_StopsTheWork()
    {
        reporter.Verdict = ReportVerdict.Refused;
        executor.Start(Lease(1), reporter);
        var context = await handler.Began(1);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => context.Reporter.ProgressAsync(new WorkProgress { Done = 1, Total = 2 }));

        Assert.Equal(StopReason.LeaseLost, context.Stop.Reason);
    }

    [Theory]
    [InlineData(ReportVerdict.Accepted, "completed")]
    [InlineData(ReportVerdict.Refused, "lost")]
    public async Task Start_WorkThatCompletes_CountsByWhetherThatWasTaken(ReportVerdict verdict, string outcome)
    {
        const long Token = 7_654_321; // no other test's
        var outcomes = new ConcurrentQueue<object?>();
        var own = Instruments.Source; // made before the listener: one that is made under it is compared while it is not there yet
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source == own,
            Sample = static (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("poa.lease.token") is Token)
                {
                    outcomes.Enqueue(activity.GetTagItem("poa.work.outcome"));
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        reporter.Verdict = verdict;
        handler.Finish.SetResult();

        executor.Start(Lease(Token), reporter);
        await EndAsync();

        Assert.Equal([outcome], outcomes);
    }

    [Theory]
    [InlineData(StopReason.Shutdown, StopReason.Pause, StopReason.Pause)]
    [InlineData(StopReason.Pause, StopReason.Shutdown, StopReason.Pause)]
    [InlineData(StopReason.Pause, StopReason.Cancel, StopReason.Cancel)]
    [InlineData(StopReason.Preempt, StopReason.Pause, StopReason.Pause)]
    [InlineData(StopReason.Cancel, StopReason.Regroup, StopReason.Cancel)]
    [InlineData(StopReason.LeaseLost, StopReason.Cancel, StopReason.LeaseLost)]
    public void Request_TwoReasons_TheMoreUrgentStays(StopReason first, StopReason second, StopReason expected)
    {
        using var stop = new StopSignal();

        stop.Request(first);
        stop.Request(second);

        Assert.Equal(expected, stop.Reason);
        Assert.Equal(expected == StopReason.LeaseLost, stop.Lost.IsCancellationRequested);
    }

    private static WorkLease Lease(long token) => new(
        "train/r/0", token, "w/cpu", new TrainingShardWork("r", "", "demo"), new WorkOwner(WorkOwnerKind.TrainingRun, "r"), 1);

    /// <summary>Waits for the end of the work without asking for it.</summary>
    private Task EndAsync() => executor.WhenEndedAsync("train/r/0").WaitAsync(Patience, TestContext.Current.CancellationToken);

    /// <summary>Begins, and ends when told or stopped.</summary>
    private sealed class FakeHandler : IWorkHandler
    {
        private readonly Lock gate = new();
        private readonly List<TaskCompletionSource<WorkContext>> began = [];
        private int now;

        public TaskCompletionSource Finish { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Calls { get; private set; }

        public int MostAtOnce { get; private set; }

        public Task<WorkContext> Began(int call) => At(call).Task.WaitAsync(Patience);

        public bool Handles(WorkItem work) => work is TrainingShardWork;

        public async Task<WorkCompletion> ExecuteAsync(WorkContext context)
        {
            lock (gate)
            {
                Calls++;
                MostAtOnce = Math.Max(MostAtOnce, ++now);
            }

            At(Calls).SetResult(context);
            try
            {
                await Finish.Task.WaitAsync(context.Stop.Token);
                return new WorkCompletion();
            }
            finally
            {
                lock (gate)
                {
                    now--;
                }
            }
        }

        private TaskCompletionSource<WorkContext> At(int call)
        {
            lock (gate)
            {
                while (began.Count < call)
                {
                    began.Add(new(TaskCreationOptions.RunContinuationsAsynchronously));
                }

                return began[call - 1];
            }
        }
    }
}
