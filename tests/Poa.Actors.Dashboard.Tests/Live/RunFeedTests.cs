using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Poa.Actors.Abstractions;
using Poa.Actors.Dashboard.Live;
using Poa.Actors.Tests;

namespace Poa.Actors.Dashboard.Tests.Live;

public sealed class RunFeedTests : IAsyncDisposable
{
    private readonly FakeTimeProvider clock = new();
    private readonly FakeRun run = new();
    private readonly RunFeeds feeds;

    public RunFeedTests() => feeds = new RunFeeds(run, clock, NullLoggerFactory.Instance);

    public ValueTask DisposeAsync() => feeds.DisposeAsync();

    [Fact]
    public async Task Updates_StepsWhileWatched_ArriveOnceInOrder()
    {
        run.Step(9, 8, 7);
        await using var viewer = new Viewer(feeds, clock);
        await viewer.UntilAsync("the overview", () => viewer.Steps == 3);

        run.Step(6, 5);
        await viewer.UntilAsync("two steps more", () => viewer.Steps == 5);

        Assert.Equal([0, 1, 2, 3, 4], viewer.Iterations);
        Assert.Equal([9, 8, 7, 6, 5], viewer.Losses);
    }

    [Fact]
    public async Task Updates_ManyPages_RunIsReadOnce()
    {
        run.Step(1, 2);
        var viewers = Enumerable.Range(0, 50).Select(_ => new Viewer(feeds, clock)).ToArray();
        foreach (var viewer in viewers)
        {
            await viewer.UntilAsync("the overview and the watch", () => viewer.Steps == 2 && run.OpenWatches > 0);
        }

        Assert.Single(run.Watches);
        Assert.Single(run.Reads, from => from == 0);
        foreach (var viewer in viewers)
        {
            await viewer.DisposeAsync();
        }
    }

    [Fact]
    public async Task Updates_ManyChangesWithinASecond_ComeAsOne()
    {
        await using var viewer = new Viewer(feeds, clock);
        await viewer.UntilAsync("the first state", () => viewer.Last?.Snapshot is not null);
        await viewer.ForAsync(TimeSpan.FromSeconds(2));
        var (updates, start) = (viewer.Updates, clock.GetUtcNow());

        for (var i = 1; i <= 100; i++)
        {
            run.Progress(i);
            run.Step(i);
            await viewer.ForAsync(TimeSpan.FromMilliseconds(100));
        }

        await viewer.UntilAsync("all progress", () => viewer.Last?.Snapshot?.Progress?.Done == 100 && viewer.Steps == 100);
        var seconds = (clock.GetUtcNow() - start).TotalSeconds;
        Assert.InRange(viewer.Updates - updates, 5, (int)Math.Ceiling(seconds) + 1);
    }

    [Fact]
    public async Task Updates_OneViewerDoesNotRead_OthersGoOn()
    {
        using var slow = feeds.Subscribe("fake");
        await using var stuck = slow.UpdatesAsync().GetAsyncEnumerator();
        _ = stuck.MoveNextAsync().AsTask();
        await using var viewer = new Viewer(feeds, clock);

        for (var i = 1; i <= 5; i++)
        {
            run.Step(i);
            await viewer.UntilAsync($"step {i}", () => viewer.Steps == i);
        }

        Assert.Equal([0, 1, 2, 3, 4], viewer.Iterations);
    }

    [Fact]
    public async Task Updates_ViewerComesBackLate_GetsAllItMissed()
    {
        await using var late = new Viewer(feeds, clock);
        await using var viewer = new Viewer(feeds, clock);
        await late.UntilAsync("the first state", () => late.Last?.Snapshot is not null);
        run.Step(1);
        await viewer.UntilAsync("step 1", () => viewer.Steps == 1);
        run.Step(2, 3);
        run.Say("noted");
        await viewer.UntilAsync("step 3 and the event", () => viewer.Steps == 3 && viewer.Events == "noted");

        await late.UntilAsync("all steps", () => late.Steps == 3);

        Assert.Equal([1, 2, 3], late.Losses);
        Assert.Equal("noted", late.Events);
    }

    [Fact]
    public async Task Updates_HostGoneAndBack_NoGapAndNothingTwice()
    {
        run.Step(9, 8, 7, 6);
        run.Say("started");
        await using var viewer = new Viewer(feeds, clock);
        await viewer.UntilAsync("the first steps", () => viewer.Steps == 4 && viewer.Events == "started");

        run.Down();
        await viewer.UntilAsync("the break", () => viewer.Last?.Broken is not null);
        Assert.Equal(ErrorCodes.HostUnreachable, viewer.Last!.Broken!.Code);
        Assert.Equal("started", viewer.Events);

        // The run goes on from its checkpoint at iteration 2, and takes two steps again.
        run.Rewind(2);
        run.Say("resumed");
        run.Up();
        await viewer.UntilAsync("the reconnection", () => viewer.Last?.Broken is null && viewer.Events == "started,resumed");
        run.Step(7, 6, 5, 4);
        await viewer.UntilAsync("the later steps", () => viewer.Steps == 6);

        Assert.Equal([0, 1, 2, 3, 4, 5], viewer.Iterations);
        Assert.Equal([9, 8, 7, 6, 5, 4], viewer.Losses);
        Assert.DoesNotContain(0L, run.Watches.Skip(1)); // the second watch went on from an event that was known
    }

    [Fact]
    public async Task Updates_RunRolledBack_LaterPartOfTheCurveIsReplaced()
    {
        run.Step(9, 8, 99, 99);
        run.Progress(4);
        await using var viewer = new Viewer(feeds, clock);
        await viewer.UntilAsync("the first steps", () => viewer.Steps == 4);

        run.RollBack(2);
        await viewer.UntilAsync("the rollback", () => viewer.Events == "rolled back");

        // The next worker takes more steps than were cut off before anybody looks.
        run.Rewind(2);
        run.Step(7, 6, 5);
        run.Progress(5);
        await viewer.UntilAsync("the new course", () => viewer.Steps == 5 && viewer.Losses[2] == 7);

        Assert.Equal([0, 1, 2, 3, 4], viewer.Iterations);
        Assert.Equal([9, 8, 7, 6, 5], viewer.Losses);
        var reads = run.Reads.Count(from => from == 0);
        run.Step(4);
        await viewer.UntilAsync("one step more", () => viewer.Steps == 6);
        Assert.Equal(reads, run.Reads.Count(from => from == 0));
    }

    [Fact]
    public async Task Updates_RunPausedAndResumedByOthers_IsFollowedAgain()
    {
        await using var viewer = new Viewer(feeds, clock);
        run.Say("paused", RunStatus.Paused);
        await viewer.UntilAsync("the pause", () => viewer.Last?.Snapshot?.Status == RunStatus.Paused);
        await viewer.ForAsync(TimeSpan.FromSeconds(5));

        run.Say("resumed", RunStatus.Running);
        await viewer.UntilAsync("the resume", () => viewer.Last?.Snapshot?.Status == RunStatus.Running);
        run.Step(1);
        await viewer.UntilAsync("a step", () => viewer.Steps == 1);

        Assert.Equal("paused,resumed", viewer.Events);
    }

    [Fact]
    public async Task Updates_FinishedRun_StopsReadingAndSendingWhenAllIsRead()
    {
        run.Step(1, 2);
        run.Say("completed", RunStatus.Completed);
        await using var viewer = new Viewer(feeds, clock);
        await viewer.UntilAsync("the whole curve", () => viewer.Steps == 2);
        await viewer.ForAsync(TimeSpan.FromSeconds(5));
        var (reads, updates) = (run.Reads.Count, viewer.Updates);

        await viewer.ForAsync(TimeSpan.FromSeconds(30));

        Assert.Equal((reads, updates), (run.Reads.Count, viewer.Updates));
    }

    [Fact]
    public async Task Updates_MoreStepsThanPointsPerRead_AreSummedUp()
    {
        await using var viewer = new Viewer(feeds, clock);
        await viewer.ForAsync(TimeSpan.FromSeconds(2));

        run.Step([.. Enumerable.Range(0, 100).Select(i => (double)i)]);
        await viewer.UntilAsync("a hundred steps", () => viewer.Steps == 100);

        Assert.InRange(viewer.Iterations.Count, 1, RunFeed.PointsPerRead);
        Assert.Equal(6, viewer.Losses[0]); // the mean of the steps 0 to 12
    }

    [Fact]
    public async Task Updates_CurveGrowsVeryLong_IsReplacedByAnOverview()
    {
        run.Step([.. Enumerable.Repeat(1.0, RunFeed.OverviewPoints)]);
        await using var viewer = new Viewer(feeds, clock);
        await viewer.UntilAsync("the overview", () => viewer.Steps == RunFeed.OverviewPoints);
        var steps = RunFeed.OverviewPoints;
        while (run.Reads.Count(from => from == 0) == 1)
        {
            run.Step([.. Enumerable.Repeat(1.0, RunFeed.PointsPerRead)]);
            steps += RunFeed.PointsPerRead;
            await viewer.UntilAsync("more steps", () => viewer.Steps == steps);
        }

        await viewer.UntilAsync("the new overview", () => viewer.Last!.ReplacesCurve);
        Assert.Equal(steps, viewer.Steps);
        Assert.InRange(viewer.Iterations.Count, 1, RunFeed.OverviewPoints);
    }

    [Fact]
    public async Task SampleCounts_AskedOftenByManyPages_AreReadOnceInAWhile()
    {
        await using var viewer = new Viewer(feeds, clock);
        for (var i = 0; i < 10; i++)
        {
            await viewer.Subscription.SampleCountsAsync();
        }

        Assert.Equal(1, run.CountReads);
        clock.Advance(TimeSpan.FromSeconds(6));
        run.Step(1);
        Assert.Equal(1, (await viewer.Subscription.SampleCountsAsync())["48x2"]);
        Assert.Equal(2, run.CountReads);
    }

    [Fact]
    public async Task Dispose_LastPageLeaves_FeedEndsAfterALinger()
    {
        var viewer = new Viewer(feeds, clock);
        await viewer.UntilAsync("a watch", () => run.OpenWatches == 1);
        await viewer.DisposeAsync();
        Assert.Equal(1, feeds.Count);

        clock.Advance(RunFeeds.Linger - TimeSpan.FromSeconds(1));
        await using (var next = new Viewer(feeds, clock))
        {
            await next.UntilAsync("what the feed knows already", () => next.Last?.Snapshot is not null);
            await next.ForAsync(RunFeeds.Linger * 2);
            Assert.Equal(1, feeds.Count);
            Assert.Single(run.Watches);
        }

        clock.Advance(RunFeeds.Linger);
        Assert.Equal(0, feeds.Count);
        await Wait.ForAsync(() => Task.FromResult(run.OpenWatches), open => open == 0, "the watch is left");
    }

    [Fact]
    public void Subscribe_NoRunId_SaysSo() =>
        Assert.Equal(ErrorCodes.InvalidArgument, Assert.Throws<PoaException>(() => feeds.Subscribe("../secret")).Code);
}
