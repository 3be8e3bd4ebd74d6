using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Runs;

/// <summary>Runs whose worker reports that training has gone wrong. The defaults hold: half the learning rate each time, three times at most.</summary>
[Collection(OneDevice.Name)]
public sealed class RollbackTests(ClusterFixture fixture)
{
    private static readonly TrainingDivergence Broken = new(TrainingDivergenceKind.NotFinite, 25, 44);

    [Fact]
    public async Task Diverged_GoesBackToTheLastGoodCheckpointAndRemembersIt()
    {
        var (run, work) = await fixture.StartedAsync();
        Assert.Equal((0, 1), ((await work.Reporter.CourseAsync())!.Targets.Length, (await work.Reporter.CourseAsync())!.LearningRateFactor));
        await CheckpointsAsync(work, (0, true), (10, true), (20, true), (30, false), (40, false));
        await work.Reporter.ProgressAsync(new WorkProgress { Done = 45, Total = 100, Loss = 5, Phase = "training" });

        Assert.Equal(ReportVerdict.Accepted, await DivergeAsync(work, Broken));
        var next = await NextAsync(run, work);

        var snapshot = (await run.FindAsync())!;
        Assert.Equal([0L, 10L, 20L], snapshot.Checkpoints.Select(c => c.Iteration));
        var rollback = Assert.Single(snapshot.Rollbacks);
        Assert.Equal((45, 20, 0.5), (rollback.From, rollback.To, rollback.LearningRateFactor));
        Assert.Equal((20, null), (snapshot.Progress!.Done, snapshot.Progress.Loss));
        var note = Assert.Single(snapshot.Events, e => e.Message.Contains("Rolled back", StringComparison.Ordinal));
        Assert.Equal(NoteLevel.Warning, note.Level);
        Assert.Contains("steps 25 to 44 were not finite", note.Message, StringComparison.Ordinal);
        Assert.Contains("from iteration 45 to the checkpoint at iteration 20, to go on with 0.5", note.Message, StringComparison.Ordinal);

        // Also after the grain's process is gone, and for whoever takes the run up after the next worker.
        await fixture.Cluster.DeactivateAsync(run);
        Assert.Equal([20L], (await next.Reporter.CourseAsync())!.Targets);
        Assert.Null(await work.Reporter.CourseAsync());
        await next.FailAsync(retryable: true);
        next = await NextAsync(run, next);
        var course = (await next.Reporter.CourseAsync())!;
        Assert.Equal([20L], course.Targets);
        Assert.Equal(0.5, course.LearningRateFactor);
        Assert.Equal([true, false, true], [course.Contains(0, 20), course.Contains(0, 30), course.Contains(1, 30)]);
        await EndAsync(next);
    }

    [Fact]
    public async Task Diverged_WeightsOfTheNewestCheckpointBrokeTheFirstBadStep_GoesToTheOneBefore()
    {
        var (run, work) = await fixture.StartedAsync();
        await CheckpointsAsync(work, (0, true), (10, true), (25, true));
        await DivergeAsync(work, Broken);
        Assert.Equal(10, Assert.Single((await run.FindAsync())!.Rollbacks).To);
        await EndAsync(await NextAsync(run, work));
    }

    [Fact]
    public async Task Diverged_NoCheckpointYet_BeginsAnew()
    {
        var (run, work) = await fixture.StartedAsync();
        await DivergeAsync(work, Broken);
        Assert.Equal(0, Assert.Single((await run.FindAsync())!.Rollbacks).To);
        await EndAsync(await NextAsync(run, work));
    }

    [Fact]
    public async Task Diverged_AgainAndAgain_FailsWithItsReasonAndHasAsManyTriesWhenResumed()
    {
        var (run, work) = await fixture.StartedAsync();
        await CheckpointsAsync(work, (0, true), (20, true));
        for (var rollback = 1; rollback <= 3; rollback++)
        {
            await DivergeAsync(work, Broken);
            work = await NextAsync(run, work);
        }

        Assert.Equal(0.125, (await work.Reporter.CourseAsync())!.LearningRateFactor);
        Assert.Equal(ReportVerdict.Accepted, await DivergeAsync(work, new TrainingDivergence(TrainingDivergenceKind.Collapsed, 30, 329, 0.9999)));

        var failed = (await run.FindAsync())!;
        Assert.Equal((RunStatus.Failed, 3), (failed.Status, failed.Rollbacks.Length));
        Assert.Equal((ErrorCodes.TrainingDiverged, false), (failed.Error!.Code, failed.Error.Retryable));
        Assert.Contains("teacher has collapsed", failed.Error.Message, StringComparison.Ordinal);
        Assert.Contains("rolled back 3 time(s)", failed.Error.Message, StringComparison.Ordinal);
        Assert.Contains("lower learning rate", failed.Error.Remedy, StringComparison.Ordinal);
        Assert.Equal(NoteLevel.Error, failed.Events[^1].Level);

        await run.ResumeAsync();
        work = await NextAsync(run, work);
        await DivergeAsync(work, Broken);
        var resumed = (await run.FindAsync())!;
        Assert.Equal((4, 0.0625, true), (resumed.Rollbacks.Length, resumed.Rollbacks[^1].LearningRateFactor, resumed.Status.IsActive()));
        await EndAsync(await NextAsync(run, work));
    }

    [Fact]
    public async Task Diverged_ReportRepeated_RollsBackOnce()
    {
        var (run, work) = await fixture.StartedAsync();
        await CheckpointsAsync(work, (0, true));
        await run.PauseAsync();
        await work.StopRequestedAsync();
        await DivergeAsync(work, Broken);
        Assert.Equal(ReportVerdict.Accepted, await work.Reporter.DivergedAsync(Broken));
        var paused = (await run.FindAsync())!;
        Assert.Equal((RunStatus.Paused, 1), (paused.Status, paused.Rollbacks.Length));

        await run.ResumeAsync();
        await EndAsync(await NextAsync(run, work));
    }

    [Fact]
    public async Task Diverged_WhileBeingCancelled_IsCancelled()
    {
        var (run, work) = await fixture.StartedAsync();
        await run.CancelAsync();
        await work.StopRequestedAsync();
        await DivergeAsync(work, Broken);
        Assert.Equal(RunStatus.Cancelled, (await run.FindAsync())!.Status);
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Diverged_ConfigurationOfAnotherVersion_FailsAndAnswersTheWorker()
    {
        var specification = Specifications.Run() with { ConfigurationYaml = "guard: {of_the_future: 1}\n" };
        var run = fixture.Client.GetGrain<ITrainingRunGrain>(specification.RunId);
        await run.CreateAsync(specification);
        await run.StartAsync();
        var work = await fixture.Executor.TrainingAsync(specification.RunId);

        Assert.Equal(ReportVerdict.Accepted, await DivergeAsync(work, Broken));

        var failed = (await run.FindAsync())!;
        Assert.Equal(RunStatus.Failed, failed.Status);
        Assert.Contains("guard.of_the_future", failed.Error!.Message, StringComparison.Ordinal);
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Retire_WhileTrainingGoesWrong_KeepsWhatARollbackMayGoTo()
    {
        var (_, work) = await fixture.StartedAsync();
        await CheckpointsAsync(work, (0, true), (10, true), (20, true), (30, true), (40, false), (50, false));
        Assert.Equal([10L, 40L], await work.Reporter.RetireAsync([10, 20, 30, 40], [0, 10, 20, 30, 40, 50]));
        await CheckpointsAsync(work, (60, true));
        Assert.Equal([20L, 30L, 50L], await work.Reporter.RetireAsync([20, 30, 50], [0, 20, 30, 50, 60]));
        await EndAsync(work);
    }

    [Fact]
    public async Task Attach_CheckpointThatIsCutOff_CanBeLetGo()
    {
        var (run, work) = await fixture.StartedAsync();
        await CheckpointsAsync(work, (0, true), (10, true), (30, false));
        await run.AttachSweepAsync("sweep-1", 30, inUse: true);
        await DivergeAsync(work, Broken);
        var next = await NextAsync(run, work);

        Assert.Empty(await next.Reporter.RetireAsync([30], [0, 10, 30]));
        Assert.Null(await run.AttachSweepAsync("sweep-1", 30, inUse: false));
        Assert.Equal([30L], await next.Reporter.RetireAsync([30], [0, 10, 30]));
        var e = await Assert.ThrowsAsync<PoaException>(() => run.AttachSweepAsync("sweep-2", 30, inUse: true));
        Assert.Equal(ErrorCodes.CheckpointNotFound, e.Code);
        await EndAsync(next);
    }

    [Fact]
    public async Task Claim_ResultOfWeightsThatAreCutOff_IsComputedAnew()
    {
        var job = fixture.Client.GetGrain<IEvaluationJobGrain>($"{Specifications.NewId()}/30/48x2/knn/0123456789abcdef");
        await job.ClaimAsync(new JobClaim("sweep-1", Recompute: false, RetryFailed: false, "old"));
        var result = FakeWork.ResultOf("48x2", 70);
        await job.RecordAsync("sweep-1", result with { Protocol = result.Protocol.SetItem(EvaluationResult.CheckpointFact, "old") });

        Assert.Equal(ClaimOutcome.Completed, await ClaimAsync("sweep-2", "old"));
        Assert.Equal(ClaimOutcome.Completed, await ClaimAsync("sweep-2", null));
        Assert.Equal(ClaimOutcome.Compute, await ClaimAsync("sweep-2", "new"));
        await job.RecordAsync("sweep-2", result with { Protocol = result.Protocol.SetItem(EvaluationResult.CheckpointFact, "new") });
        Assert.Equal(ClaimOutcome.Completed, await ClaimAsync("sweep-3", "new"));

        async Task<ClaimOutcome> ClaimAsync(string sweep, string? weights) =>
            (await job.ClaimAsync(new JobClaim(sweep, Recompute: false, RetryFailed: false, weights))).Outcome;
    }

    private static async Task CheckpointsAsync(FakeWork work, params (long Iteration, bool IsGood)[] checkpoints)
    {
        foreach (var (iteration, isGood) in checkpoints)
        {
            await work.Reporter.CheckpointAsync(new RunCheckpoint(iteration, $"{iteration:x64}", 1000, DateTimeOffset.UnixEpoch, IsGood: isGood));
        }
    }

    private static Task<ReportVerdict> DivergeAsync(FakeWork work, TrainingDivergence divergence) => work.EndAsync(work.Reporter.DivergedAsync(divergence));

    private Task<FakeWork> NextAsync(ITrainingRunGrain run, FakeWork before) => fixture.Executor.TrainingAsync(run.GetPrimaryKeyString(), before.Lease.FencingToken);

    private async Task EndAsync(FakeWork work)
    {
        await work.CompleteAsync();
        await fixture.DeviceFreeAsync();
    }
}
