using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Evaluation;

public sealed class SweepPlanTests
{
    private static readonly PoaActorsOptions Options = new();
    private static readonly WorkError Lost = new(ErrorCodes.WorkerLost, "gone", "look", Retryable: true);
    private static readonly WorkError Away = new(ErrorCodes.StorageFailed, "away", "wait", Retryable: true);
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(6)]
    public void AfterWorkerLoss_OneJobEndsItsWorker_IsolatedAndQuarantinedOthersComplete(int killer)
    {
        string[] names = [.. Enumerable.Range(1, 7).Select(depth => $"96x{depth}")];
        var state = SweepPlan.Group(
            new SweepState
            {
                Specification = Specifications.Sweep("run-1", names),
                Jobs = [.. names.Select(name => new SweepJobState { SubNetwork = name, IsClaimed = true })],
            },
            Now);
        var passes = 0;
        while (!state.Batches.IsEmpty)
        {
            Assert.True(++passes < 32, "the plan does not end");
            var batch = state.Batches[0];
            var remaining = SweepPlan.Remaining(state, batch);
            state = remaining.Contains(names[killer])
                ? SweepPlan.AfterWorkerLoss(state, batch, Lost, Options, Now)
                : SweepPlan.RemoveBatch(SweepPlan.Change(state, remaining, job => job with { Status = JobStatus.Completed }), batch.Number);
        }

        var quarantined = Assert.Single(state.Jobs, job => job.Status != JobStatus.Completed);
        Assert.Equal((names[killer], JobStatus.Quarantined), (quarantined.SubNetwork, quarantined.Status));
        Assert.Equal(ErrorCodes.Quarantined, quarantined.Error!.Code);
    }

    [Fact]
    public void AfterWorkerLoss_FirstLoss_SameBatchOnceMore()
    {
        var state = SweepPlan.Group(
            new SweepState
            {
                Specification = Specifications.Sweep("run-1", "48x2", "48x4"),
                Jobs = [new SweepJobState { SubNetwork = "48x2", IsClaimed = true }, new SweepJobState { SubNetwork = "48x4", IsClaimed = true }],
            },
            Now);
        state = SweepPlan.AfterWorkerLoss(state, Assert.Single(state.Batches), Lost, Options, Now);
        var batch = Assert.Single(state.Batches);
        Assert.Equal(["48x2", "48x4"], batch.SubNetworks);
        Assert.Equal(2, batch.Number);
    }

    [Fact]
    public void AfterWorkerLoss_AloneButFurtherEachTime_IsNeverQuarantined()
    {
        var state = Alone();
        for (var loss = 0; loss < 10; loss++)
        {
            state = SweepPlan.Advanced(state, Assert.Single(state.Batches));
            state = SweepPlan.AfterWorkerLoss(state, state.Batches[0], Lost, Options, Now);
        }

        Assert.Equal(JobStatus.Pending, Assert.Single(state.Jobs).Status);
        state = SweepPlan.AfterWorkerLoss(state, Assert.Single(state.Batches), Lost, Options, Now);
        Assert.Equal(JobStatus.Quarantined, Assert.Single(state.Jobs).Status);
    }

    [Fact]
    public void AfterError_StoreThatIsAway_TriedAgainUntilPatienceEnds()
    {
        var (state, now) = (Alone(), Now);
        for (var time = 0; time < 100; time++)
        {
            state = SweepPlan.AfterError(state, Assert.Single(state.Batches), Away, Options, now);
            var next = Assert.Single(state.Batches).NotBefore - now;
            Assert.InRange(next, Options.RetryDelay, Options.MaxRetryDelay);
            now += Options.SweepPatience / 100;
        }

        // It comes further, and the time begins anew.
        state = SweepPlan.Advanced(state, Assert.Single(state.Batches));
        state = SweepPlan.AfterError(state, Assert.Single(state.Batches), Away, Options, now);
        state = SweepPlan.AfterError(state, Assert.Single(state.Batches), Away, Options, now);
        state = SweepPlan.AfterError(state, Assert.Single(state.Batches), Away, Options, now + Options.SweepPatience + TimeSpan.FromSeconds(1));
        Assert.Equal((JobStatus.Failed, Away), (Assert.Single(state.Jobs).Status, state.Jobs[0].Error));
        Assert.Empty(state.Batches);
    }

    [Fact]
    public void AfterError_OfTheEvaluationItself_TriedThreeTimesBetweenThoseOfTheStore()
    {
        var broken = new WorkError("test-fault", "It broke.", "Mend it.", Retryable: true);
        var state = Alone();
        foreach (var error in (WorkError[])[broken, Away, broken, Away])
        {
            state = SweepPlan.AfterError(state, Assert.Single(state.Batches), error, Options, Now);
        }

        state = SweepPlan.AfterError(state, Assert.Single(state.Batches), broken, Options, Now);
        Assert.Equal((JobStatus.Failed, broken), (Assert.Single(state.Jobs).Status, state.Jobs[0].Error));
    }

    [Fact]
    public void AfterError_OfTheUser_NotTriedAgain()
    {
        var wrong = new WorkError(ErrorCodes.InvalidArgument, "There is no such folder.", "Check it.");
        var state = Alone();
        state = SweepPlan.AfterError(state, Assert.Single(state.Batches), wrong, Options, Now);
        Assert.Equal(JobStatus.Failed, Assert.Single(state.Jobs).Status);
    }

    private static SweepState Alone() => SweepPlan.Group(
        new SweepState { Specification = Specifications.Sweep("run-1", "48x2"), Jobs = [new SweepJobState { SubNetwork = "48x2", IsClaimed = true }] }, Now);
}
