using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.EndToEnd.Tests.Processes;
using Xunit;

namespace Poa.EndToEnd.Tests.Plans;

/// <summary>What a user asks before a run, of a real host whose only device trains.</summary>
public sealed class BesideTrainingTests
{
    [Fact]
    public async Task Host_WhileItTrains_LooksAtImagesAndMeasuresAfterwards()
    {
        using var home = new TemporaryHome();
        var photos = Directory.CreateDirectory(home.PathOf("data", "photos")).FullName;
        await File.WriteAllTextAsync(Path.Combine(photos, "broken.png"), "no picture", TestContext.Current.CancellationToken);
        Directory.CreateSymbolicLink(home.PathOf("data", "out"), "/usr");
        await using var host = await HostedCluster.StartAsync(home, "--data-root", home.PathOf("data"));
        Assert.Equal(0, (await PoaProcess.RunAsync(home, [.. TinyRun.Arguments, "optim.epochs=1000", "--detach"])).ExitCode);
        await Until.TrueAsync("a step", async () => await new HomeInspector(home).LastStepAsync(TinyRun.Id) > 0, every: TimeSpan.FromMilliseconds(20));
        var plans = host.Client.Plans;

        var demo = await plans.InspectDataAsync("demo", TestContext.Current.CancellationToken);
        var folder = await plans.InspectDataAsync(photos, TestContext.Current.CancellationToken);
        var configuration = ConfigurationPresets.Load("demo-quick", ["train.threads=1", "train.batch_size_per_gpu=4"]);
        var waiting = await plans.CalibrateAsync(configuration, demo.Data, TestContext.Current.CancellationToken);

        Assert.Equal((10_000L, 10, 32), (demo.Images, demo.Classes, demo.Sample.Length));
        Assert.Equal((1L, 1), (folder.Images, folder.Unreadable));
        foreach (var outside in (string[])["/usr", home.PathOf("data", "out"), home.PathOf("data", "..", "blobs")])
        {
            var refused = await Assert.ThrowsAsync<PoaException>(() => plans.InspectDataAsync(outside, TestContext.Current.CancellationToken));
            Assert.Equal(ErrorCodes.DataNotAllowed, refused.Code);
        }

        Assert.Equal(CalibrationStatus.WaitingForDevice, waiting.Status);
        var beside = await host.Client.Runs.GetAsync(TinyRun.Id, TestContext.Current.CancellationToken);
        Assert.True(beside.Status == RunStatus.Running, $"{beside.Status}: {string.Join('\n', beside.Events.Select(e => $"{e.Time:T} {e.Message}"))}");

        await host.Client.Runs.CancelAsync(TinyRun.Id, TestContext.Current.CancellationToken);
        await Until.TrueAsync(
            "the measurement", async () => (await plans.GetCalibrationAsync(waiting.Key)).IsFinished, every: TimeSpan.FromMilliseconds(100));
        var measured = await plans.GetCalibrationAsync(waiting.Key, TestContext.Current.CancellationToken);
        Assert.True(measured.Status == CalibrationStatus.Completed, measured.Error?.ToString());
        Assert.True(measured.Result!.SecondsPerStep > 0);

        // What may not be looked at may not be trained on either.
        var run = (await host.Client.Runs.StartAsync(configuration, "folder:/usr", cancellationToken: TestContext.Current.CancellationToken)).Specification.RunId;
        var failed = await Assert.ThrowsAsync<PoaException>(() => host.Client.Runs.WaitAsync(run, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCodes.DataNotAllowed, failed.Code);
    }
}
