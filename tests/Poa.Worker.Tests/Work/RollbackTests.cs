using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Storage;
using Poa.Worker.Execution;
using Poa.Worker.Tests.Execution;
using Poa.Worker.Work;
using Xunit;

namespace Poa.Worker.Tests.Work;

/// <summary>
/// A run whose learning rate breaks its weights at the first step, so that the second to fifth are skipped and the checkpoint at iteration 3 is
/// among them; and the same run after a rollback that makes the learning rate what it should be.
/// </summary>
public sealed class RollbackTests
{
    private static readonly RunCourse RolledBack = new([0], 1e-40);

    public static string Yaml { get; } = ConfigurationPresets.Load("demo", [.. TinyRun.Overrides, "optim.lr=1.0e+37", "guard.skipped_steps=4"]).ToYaml();

    [Fact]
    public async Task Execute_StepAfterStepNotFinite_TellsOfItAndOfTheBadCheckpoint()
    {
        using var bench = new WorkBench();

        var divergence = await DivergeAsync(bench);

        Assert.Equal(new TrainingDivergence(TrainingDivergenceKind.NotFinite, 1, 4), divergence with { TargetEntropy = null });
        Assert.Equal([(0, true), (3, false)], bench.Reporter.Of<RunCheckpoint>().Select(checkpoint => (checkpoint.Iteration, checkpoint.IsGood)));
    }

    [Fact]
    public async Task Execute_AfterARollback_ReplacesWhatWasCutOffAndEqualsARunKilledOnTheWayBitForBit()
    {
        using var undisturbed = new WorkBench();
        await DivergeAsync(undisturbed);
        await GoOnAsync(undisturbed);
        using var killed = new WorkBench();
        await DivergeAsync(killed);
        await GoOnAsync(killed, killAt: 0);
        await GoOnAsync(killed, killAt: 6);
        await GoOnAsync(killed);

        var series = await undisturbed.SeriesAsync();
        Assert.Equal(Enumerable.Range(0, (int)TinyRun.Steps).Select(i => $"{i}"), series.Select(step => step.Split(' ')[0]));
        Assert.Equal(series, await killed.SeriesAsync());
        Assert.Equal(await undisturbed.HashAsync(TinyRun.Steps), await killed.HashAsync(TinyRun.Steps));
        Assert.Equal([0, 6, 8], await undisturbed.IterationsAsync());
        Assert.All(series, step => Assert.Contains("applied=3ff0000000000000", step, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Execute_CutOffCheckpointThatAJobUses_StaysButIsNotGoneOnFrom()
    {
        using var bench = new WorkBench();
        await DivergeAsync(bench);
        var reporter = new RecordingReporter { Course = RolledBack };
        reporter.InUse.Add(3);

        await GoOnAsync(bench, killAt: 0, reporter);
        Assert.Equal([0, 3], await bench.IterationsAsync());
        await GoOnAsync(bench, killAt: 0, reporter);

        Assert.Equal(2, reporter.Of<RecordingReporter.Note>().Count(note => note.Message.Contains("at iteration 0", StringComparison.Ordinal)));
        Assert.Equal(0, CheckpointStanding.FromProperties((await new CheckpointStore(bench.Blobs).FindAsync(TinyRun.Id, 3, TestContext.Current.CancellationToken))!.Properties).Rollbacks);
    }

    [Fact]
    public async Task Execute_CutOffCheckpointThatNobodyUses_IsRemovedBeforeTheFirstStep()
    {
        using var bench = new WorkBench();
        await DivergeAsync(bench);

        await GoOnAsync(bench, killAt: 0);

        Assert.Equal([0], await bench.IterationsAsync());
    }

    [Fact]
    public async Task Execute_LeaseLostBeforeItBegins_IsToldSo()
    {
        using var bench = new WorkBench();
        using var stop = new StopSignal();
        var reporter = new RecordingReporter();
        var context = bench.Context(new TrainingShardWork(TinyRun.Id, Yaml, "demo"), stop, reporter);
        reporter.Verdict = ReportVerdict.Refused;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.Trainer.ExecuteAsync(context));

        Assert.Equal(StopReason.LeaseLost, stop.Reason);
        Assert.Empty(await bench.IterationsAsync());
    }

    private static async Task<TrainingDivergence> DivergeAsync(WorkBench bench)
    {
        using var stop = new StopSignal();
        var context = bench.Context(new TrainingShardWork(TinyRun.Id, Yaml, "demo"), stop);
        return (await Assert.ThrowsAsync<TrainingDivergedException>(() => bench.Trainer.ExecuteAsync(context))).Divergence;
    }

    /// <summary>Trains after the rollback, to the end or until a checkpoint is reported.</summary>
    private static async Task GoOnAsync(WorkBench bench, long? killAt = null, RecordingReporter? reporter = null)
    {
        using var stop = new StopSignal();
        var inner = reporter ?? new RecordingReporter { Course = RolledBack };
        var stopping = new StoppingReporter(killAt ?? long.MaxValue, () => stop.Request(StopReason.LeaseLost), inner);
        var work = bench.Trainer.ExecuteAsync(bench.Context(new TrainingShardWork(TinyRun.Id, Yaml, "demo"), stop, stopping));
        if (killAt is null)
        {
            await work;
        }
        else
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        }
    }
}
