using Poa.Actors.Abstractions;
using Poa.EndToEnd.Tests.Processes;
using Xunit;

namespace Poa.EndToEnd.Tests.Resume;

/// <summary>Runs whose learning rate is absurd, so that the first step breaks the weights, until a rollback makes it what it should be.</summary>
public sealed class RollbackTests
{
    private static readonly string[] Absurd = [.. TinyRun.Arguments, "optim.lr=1.0e+37", "guard.skipped_steps=15", "guard.learning_rate_factor=1.0e-40"];

    [Fact]
    public async Task Host_KilledAfterARollback_RemembersItAndEqualsAnUndisturbedOneBitForBit()
    {
        using var calm = new TemporaryHome();
        var result = await PoaProcess.RunAsync(calm, Absurd);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("Rolled back from iteration 16 to the checkpoint at iteration 0", result.ToString(), StringComparison.Ordinal);

        using var home = new TemporaryHome();
        var inspector = new HomeInspector(home);
        await using (var host = await HostedCluster.StartAsync(home))
        {
            var started = await PoaProcess.RunAsync(home, [.. Absurd, "--detach"]);
            Assert.True(started.ExitCode == 0, started.ToString());
            await Until.TrueAsync(
                "a step after the rollback", async () => !(await host.Client.Runs.GetAsync(TinyRun.Id)).Rollbacks.IsEmpty && await inspector.LastStepAsync(TinyRun.Id) > TinyRun.CheckpointEvery);
            await host.Process.KillAsync();
            Assert.False(inspector.HasManifest(TinyRun.Id, TinyRun.Steps), "The run was over before it could be killed.");
        }

        await using (var host = await HostedCluster.StartAsync(home))
        {
            var run = await host.EndOfRunAsync(TinyRun.Id);
            Assert.True(run.Status == RunStatus.Completed, run.Error?.ToString());
            var rollback = Assert.Single(run.Rollbacks);
            Assert.Equal((16, 0, 1e-40), (rollback.From, rollback.To, rollback.LearningRateFactor));
        }

        var expected = new HomeInspector(calm);
        var series = await expected.SeriesAsync(TinyRun.Id);
        Assert.Equal(TinyRun.Steps, series.Count);
        Assert.Equal(series, await inspector.SeriesAsync(TinyRun.Id));
        Assert.Equal(expected.Teacher(TinyRun.Id, TinyRun.Steps), inspector.Teacher(TinyRun.Id, TinyRun.Steps));
    }

    [Fact]
    public async Task Train_RateThatStaysAbsurd_FailsAfterTheLastRollbackAndSaysWhy()
    {
        using var home = new TemporaryHome();
        var result = await PoaProcess.RunAsync(home, [.. Absurd, "guard.learning_rate_factor=0.5", "guard.max_rollbacks=2"]);
        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Contains("rolled back 2 time(s) already", result.ToString(), StringComparison.Ordinal);
        Assert.Contains("lower learning rate", result.ToString(), StringComparison.Ordinal);
    }
}
