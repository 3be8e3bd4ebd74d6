using Poa.Actors.Abstractions;
using Poa.EndToEnd.Tests.Processes;
using Xunit;

namespace Poa.EndToEnd.Tests.Resume;

/// <summary>
/// A host killed with SIGKILL during a step, during a checkpoint upload and during an evaluation, and started again each time,
/// comes to the same bits as one that nobody disturbed, and computes each evaluation once.
/// </summary>
[Collection(WholeMachine.Name)]
public sealed class KillTests
{
    private static readonly EvaluationData Images = new("demo?split=train", "demo?split=test");
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task Host_KilledAtThreeMoments_EqualsAnUndisturbedOneBitForBit()
    {
        using var calm = new TemporaryHome();
        var result = await PoaProcess.RunAsync(calm, TinyRun.Arguments);
        Assert.True(result.ExitCode == 0, result.ToString());

        using var home = new TemporaryHome();
        await KillDuringAStepAsync(home);
        await KillDuringAnUploadAsync(home);
        await CompleteAsync(home);

        var (expected, actual) = (new HomeInspector(calm), new HomeInspector(home));
        Assert.Equal(TinyRun.Steps, (await expected.SeriesAsync(TinyRun.Id)).Count);
        Assert.Equal(await expected.SeriesAsync(TinyRun.Id), await actual.SeriesAsync(TinyRun.Id));
        Assert.Equal(expected.Teacher(TinyRun.Id, TinyRun.Steps), actual.Teacher(TinyRun.Id, TinyRun.Steps));

        await KillDuringAnEvaluationAsync(home);
    }

    private static async Task KillDuringAStepAsync(TemporaryHome home)
    {
        var inspector = new HomeInspector(home);
        await using var host = await HostedCluster.StartAsync(home);
        var started = await PoaProcess.RunAsync(home, [.. TinyRun.Arguments, "--detach"]);
        Assert.True(started.ExitCode == 0, started.ToString());

        await Until.TrueAsync("figures of steps after the first checkpoint", async () => await inspector.LastStepAsync(TinyRun.Id) > TinyRun.CheckpointEvery, every: Often);
        await host.Process.KillAsync();

        Assert.False(inspector.HasManifest(TinyRun.Id, TinyRun.Steps), "The run was over before it could be killed.");
    }

    private static async Task KillDuringAnUploadAsync(TemporaryHome home)
    {
        var inspector = new HomeInspector(home);
        var interrupted = false;
        while (!interrupted)
        {
            // The next checkpoint that does not exist; an upload cut off before is written again. It is uploaded during the step after it: a second
            // kill at one and the same step would look like a step that ends its process.
            var passed = Math.Max(Newest(inspector), inspector.InterruptedStep() ?? 0);
            var next = ((passed / TinyRun.CheckpointEvery) + 1) * TinyRun.CheckpointEvery;
            Assert.True(next < TinyRun.Steps, "No upload was hit before the last checkpoint.");
            var left = inspector.IsBetweenBlobsAndManifest(TinyRun.Id, next);
            if (left)
            {
                Directory.Delete(inspector.CheckpointFolder(TinyRun.Id, next), recursive: true); // of the kill before: wait for a new upload
            }

            await using var host = await HostedCluster.StartAsync(home);
            await Until.TrueAsync(
                $"the upload of checkpoint {next}",
                () => Task.FromResult(inspector.IsBetweenBlobsAndManifest(TinyRun.Id, next) || inspector.HasManifest(TinyRun.Id, next)));
            await host.Process.KillAsync();
            interrupted = inspector.IsBetweenBlobsAndManifest(TinyRun.Id, next);
        }
    }

    private static long Newest(HomeInspector inspector) => Enumerable.Range(0, (TinyRun.Steps / TinyRun.CheckpointEvery) + 1)
        .Select(i => (long)i * TinyRun.CheckpointEvery).Where(iteration => inspector.HasManifest(TinyRun.Id, iteration)).Max();

    private static async Task CompleteAsync(TemporaryHome home)
    {
        await using var host = await HostedCluster.StartAsync(home);
        // Nobody asks the run to go on: it does by itself.
        var run = await host.EndOfRunAsync(TinyRun.Id);
        Assert.True(run.Status == RunStatus.Completed, run.Error?.ToString());
        host.Process.Terminate();
        Assert.Equal(0, (await host.Process.WaitAsync(TimeSpan.FromSeconds(60))).ExitCode);
    }

    private static async Task KillDuringAnEvaluationAsync(TemporaryHome home)
    {
        string sweep;
        SweepSpecification specification;
        Dictionary<string, EvaluationJobSnapshot> before;
        await using (var host = await HostedCluster.StartAsync(home))
        {
            var started = await host.Client.Sweeps.StartAsync(TinyRun.Id, Images);
            (sweep, specification) = (started.Specification.SweepId, started.Specification);
            await Until.TrueAsync(
                "the first result", async () => (await host.Client.Sweeps.GetAsync(sweep)).Count(JobStatus.Completed) > 0, every: Often);
            before = await JobsAsync(host, specification);
            await host.Process.KillAsync();
        }

        var known = before.Where(job => job.Value.Status == JobStatus.Completed).ToDictionary();
        Assert.NotEmpty(known);
        Assert.True(known.Count < before.Count, "The evaluation was over before it could be killed.");

        await using (var host = await HostedCluster.StartAsync(home))
        {
            await Until.TrueAsync("the end of the sweep", async () => (await host.Client.Sweeps.GetAsync(sweep)).IsFinished, every: Often);
            var after = await JobsAsync(host, specification);
            Assert.All(after, job => Assert.Equal((JobStatus.Completed, 1), (job.Value.Status, job.Value.Computations)));
            // What was acknowledged before the kill is still the same, computed when it was.
            Assert.All(known, job => Assert.Equal((job.Value.FinishedAt, job.Value.Result!.HeadlineValue), (after[job.Key].FinishedAt, after[job.Key].Result!.HeadlineValue)));
            Assert.All((await host.Client.Sweeps.GetAsync(sweep)).Jobs.Where(job => known.ContainsKey(job.SubNetwork)), job => Assert.Equal(1, job.Attempts));
        }
    }

    private static async Task<Dictionary<string, EvaluationJobSnapshot>> JobsAsync(HostedCluster host, SweepSpecification specification)
    {
        var jobs = new Dictionary<string, EvaluationJobSnapshot>();
        foreach (var name in specification.SubNetworks)
        {
            jobs[name] = await host.Grains.GetGrain<IEvaluationJobGrain>(specification.JobOf(name).ToString()).GetAsync();
        }

        return jobs;
    }
}
