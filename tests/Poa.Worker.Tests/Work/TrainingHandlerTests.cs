using Poa.Actors.Abstractions;
using Poa.Storage;
using Poa.Worker.Execution;
using Poa.Worker.Tests.Execution;
using Xunit;

namespace Poa.Worker.Tests.Work;

public sealed class TrainingHandlerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Execute_WholeRun_PublishesUntrainedAndFinalCheckpointAndEveryStep()
    {
        using var bench = new WorkBench();

        var completion = await bench.TrainAsync();

        Assert.Equal([0, 3, 6, 8], bench.Reporter.Of<RunCheckpoint>().Select(checkpoint => checkpoint.Iteration));
        Assert.Equal([8], bench.Reporter.Of<RunCheckpoint>().Where(checkpoint => checkpoint.IsFinal).Select(checkpoint => checkpoint.Iteration));
        Assert.Equal(TinyRun.Steps, (await bench.SeriesAsync()).Count);
        Assert.Equal((TinyRun.Steps, TinyRun.Steps * 4), (completion.Cost!.Iterations, completion.Cost.Images));
    }

    [Fact]
    public async Task Execute_Retention_KeepsTheLastTheUntrainedAndThoseInUse()
    {
        using var bench = new WorkBench();
        bench.Reporter.InUse.Add(3);

        await bench.TrainAsync();

        Assert.Equal([0, 3, 6, 8], await bench.IterationsAsync());
    }

    [Fact]
    public async Task Execute_RetentionWithNothingInUse_RemovesTheOldOnes()
    {
        using var bench = new WorkBench();

        await bench.TrainAsync();

        Assert.Equal([0, 6, 8], await bench.IterationsAsync());
    }

    [Fact]
    public async Task Execute_BlobsThatKillsLeft_RemovedWithTheLastCheckpoint()
    {
        using var bench = new WorkBench();
        foreach (var left in (string[])["runs/tiny/checkpoints/0000000002/student.safetensors", "runs/tiny/checkpoints/0000000006/other.safetensors"])
        {
            await bench.Blobs.UploadAsync(left, new MemoryStream([1, 2, 3]), BlobWriteCondition.Overwrite, cancellationToken: TestContext.Current.CancellationToken);
        }

        await bench.TrainAsync();

        Assert.Equal([0, 6, 8], await bench.IterationsAsync());
        Assert.False(File.Exists(bench.BlobFile("runs/tiny/checkpoints/0000000002/student.safetensors")));
        Assert.False(File.Exists(bench.BlobFile("runs/tiny/checkpoints/0000000006/other.safetensors")));
    }

    [Fact]
    public async Task Execute_StoreLosesWhatCameLast_ItIsWrittenAgain()
    {
        using var undisturbed = new WorkBench();
        await undisturbed.TrainAsync();
        using var bench = new WorkBench();
        using var stop = new StopSignal();
        var lost = 0;
        var reporter = new CallbackReporter(bench.Reporter, progress =>
        {
            var folder = bench.BlobFile("runs/tiny/checkpoints/0000000008");
            if (progress.Done == TinyRun.Steps && File.Exists(Path.Combine(folder, "manifest.json")) && lost++ == 0)
            {
                Directory.Delete(folder, recursive: true);
                File.Delete(bench.BlobFile("runs/tiny/metrics/0000000000.jsonl"));
            }
        });

        await bench.Trainer.ExecuteAsync(bench.Context(new TrainingShardWork(TinyRun.Id, TinyRun.Yaml, "demo"), stop, reporter));

        Assert.NotEqual(0, lost);
        Assert.Equal(await undisturbed.HashAsync(8), await bench.HashAsync(8));
        Assert.Equal(await undisturbed.SeriesAsync(), await bench.SeriesAsync());
        Assert.Equal((1, 2), (Finals(undisturbed), Finals(bench)));

        static int Finals(WorkBench bench) => bench.Reporter.Of<RunCheckpoint>().Count(checkpoint => checkpoint.IsFinal);
    }

    [Theory]
    [InlineData(3)] // while the next checkpoint waits for this one
    [InlineData(TinyRun.Steps)]
    public async Task Execute_WhileTheStoreIsAwaited_ThePlaceFileSaysNothing(long iteration)
    {
        using var bench = new WorkBench();
        using var stop = new StopSignal();
        var context = bench.Context(new TrainingShardWork(TinyRun.Id, TinyRun.Yaml, "demo"), stop);
        var isClear = false;
        var reporter = new StoppingReporter(iteration, () => isClear = SpinWait.SpinUntil(() => PlaceFile.Read(context.Scratch) is null, Patience), bench.Reporter);

        await bench.Trainer.ExecuteAsync(context with { Reporter = new FencedReporter(reporter, stop, context.Log) });

        Assert.True(isClear);
    }

    [Theory]
    [InlineData(0, StopReason.Pause)]
    [InlineData(3, StopReason.Pause)]
    [InlineData(3, StopReason.Shutdown)]
    [InlineData(3, StopReason.Drain)]
    [InlineData(3, StopReason.Preempt)]
    [InlineData(3, StopReason.LeaseLost)]
    public async Task Execute_StoppedAndStartedAgain_EqualsTheUndisturbedRunBitForBit(long stopAt, StopReason reason)
    {
        using var undisturbed = new WorkBench();
        await undisturbed.TrainAsync();
        using var disturbed = new WorkBench();

        await disturbed.TrainUntilAsync(stopAt, reason);
        await disturbed.TrainAsync();

        Assert.Equal(await undisturbed.SeriesAsync(), await disturbed.SeriesAsync());
        Assert.Equal(await undisturbed.HashAsync(TinyRun.Steps), await disturbed.HashAsync(TinyRun.Steps));
    }

    [Theory]
    [InlineData(StopReason.Cancel)]
    [InlineData(StopReason.Drain)]
    public async Task Execute_AskedToStop_PublishesACheckpointOfTheLastStepFirst(StopReason reason)
    {
        using var bench = new WorkBench();

        await bench.TrainUntilAsync(3, reason);

        var steps = (await bench.SeriesAsync()).Count;
        Assert.InRange(steps, 3, TinyRun.Steps);
        Assert.Equal(steps, (await bench.IterationsAsync()).Max());
        Assert.Equal(steps, bench.Reporter.Of<RunCheckpoint>().Max(checkpoint => checkpoint.Iteration));
    }

    [Fact]
    public async Task Execute_LeaseLost_PublishesNoCheckpointAfterwards()
    {
        using var bench = new WorkBench();

        await bench.TrainUntilAsync(3, StopReason.LeaseLost);

        Assert.Equal([0, 3], await bench.IterationsAsync());
    }

    [Fact]
    public async Task Execute_NewestCheckpointDamaged_FallsBackSaysSoAndComesToTheSameWeights()
    {
        using var undisturbed = new WorkBench();
        await undisturbed.TrainAsync();
        using var bench = new WorkBench();
        await bench.TrainUntilAsync(6, StopReason.LeaseLost);
        Damage(bench.BlobFile("runs/tiny/checkpoints/0000000006/teacher.safetensors"));
        var reporter = new RecordingReporter();

        await bench.TrainAsync(reporter);

        var warning = Assert.Single(reporter.Of<RecordingReporter.Note>(), note => note.Level == NoteLevel.Warning);
        Assert.Contains("0000000006/teacher.safetensors", warning.Message, StringComparison.Ordinal);
        Assert.Contains(reporter.Of<RecordingReporter.Note>(), note => note.Message.Contains("iteration 3", StringComparison.Ordinal));
        Assert.Equal(await undisturbed.SeriesAsync(), await bench.SeriesAsync());
        Assert.Equal(await undisturbed.HashAsync(TinyRun.Steps), await bench.HashAsync(TinyRun.Steps));
    }

    [Fact]
    public async Task Execute_EveryCheckpointDamaged_BeginsAnew()
    {
        using var bench = new WorkBench();
        await bench.TrainUntilAsync(0, StopReason.LeaseLost);
        Damage(bench.BlobFile("runs/tiny/checkpoints/0000000000/student.safetensors"));

        await bench.TrainAsync();

        Assert.Equal(TinyRun.Steps, (await bench.SeriesAsync()).Count);
    }

    [Fact]
    public async Task Execute_AllStepsDoneBeforeTheKill_ReportsTheFinalCheckpointAgainAndCompletes()
    {
        using var bench = new WorkBench();
        var first = await bench.TrainAsync();
        var reporter = new RecordingReporter();

        var again = await bench.TrainAsync(reporter);

        Assert.Equal([8], reporter.Of<RunCheckpoint>().Select(checkpoint => checkpoint.Iteration));
        Assert.Equal(first.Cost!.Images, again.Cost!.Images);
    }

    private static void Damage(string file)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[^5] ^= 1;
        File.WriteAllBytes(file, bytes);
    }
}
