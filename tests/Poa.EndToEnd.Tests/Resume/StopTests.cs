using System.Text.Json;
using Poa.EndToEnd.Tests.Processes;
using Xunit;

namespace Poa.EndToEnd.Tests.Resume;

/// <summary>Stopping and going on as a user does it: Ctrl+C, SIGTERM, pause, resume, cancel, a damaged checkpoint.</summary>
public sealed class StopTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly string[] Endless = [.. TinyRun.Arguments, "optim.epochs=1000"];

    [Fact]
    public async Task Train_CtrlC_PausesWithACheckpointAndResumeComesToTheSameBits()
    {
        using var calm = new TemporaryHome();
        Assert.Equal(0, (await PoaProcess.RunAsync(calm, TinyRun.Arguments)).ExitCode);

        using var home = new TemporaryHome();
        await using (var train = PoaProcess.Start(home, TinyRun.Arguments))
        {
            await train.WaitForTextAsync("Checkpoint 10 published", Patience);
            train.Interrupt();
            var stopped = await train.WaitAsync(Patience);
            Assert.True(stopped.ExitCode == 130, stopped.ToString());
            Assert.Contains("poa resume tiny", stopped.Error, StringComparison.Ordinal);
        }

        Assert.Equal("paused", await StatusAsync(home));
        var resumed = await PoaProcess.RunAsync(home, "resume", "latest");
        Assert.True(resumed.ExitCode == 0, resumed.ToString());

        var (expected, actual) = (new HomeInspector(calm), new HomeInspector(home));
        Assert.Equal(await expected.SeriesAsync(TinyRun.Id), await actual.SeriesAsync(TinyRun.Id));
        Assert.Equal(expected.Teacher(TinyRun.Id, TinyRun.Steps), actual.Teacher(TinyRun.Id, TinyRun.Steps));
    }

    [Fact]
    public async Task Up_Terminated_WritesACheckpointAndTheNextGoesOnByItself()
    {
        using var home = new TemporaryHome();
        var inspector = new HomeInspector(home);
        long at;
        await using (var host = await HostedCluster.StartAsync(home))
        {
            Assert.Equal(0, (await PoaProcess.RunAsync(home, [.. Endless, "--detach"])).ExitCode);
            await Until.TrueAsync("a step", async () => await inspector.LastStepAsync(TinyRun.Id) > 0, every: TimeSpan.FromMilliseconds(20));
            host.Process.Terminate();
            var stopped = await host.Process.WaitAsync(Patience);
            Assert.True(stopped.ExitCode == 0, stopped.ToString());
            at = await inspector.LastStepAsync(TinyRun.Id) + 1;
            Assert.True(inspector.HasManifest(TinyRun.Id, at), $"No checkpoint at iteration {at}, where the host was stopped.");
        }

        await using (var host = await HostedCluster.StartAsync(home))
        {
            await Until.TrueAsync("a step after the restart", async () => await inspector.LastStepAsync(TinyRun.Id) >= at, every: TimeSpan.FromMilliseconds(20));
            Assert.Contains("goes on: tiny", host.Process.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task PauseResumeCancel_OnARunningHost_DoWhatTheySay()
    {
        using var home = new TemporaryHome();
        await using var host = await HostedCluster.StartAsync(home);
        Assert.Equal(0, (await PoaProcess.RunAsync(home, [.. Endless, "--detach"])).ExitCode);

        var paused = await PoaProcess.RunAsync(home, "pause", "ti");
        Assert.True(paused.ExitCode == 0, paused.ToString());
        Assert.Equal("paused", await StatusAsync(home));
        var again = await PoaProcess.RunAsync(home, "pause", "tiny");
        Assert.True(again.ExitCode == 0, again.ToString());

        Assert.Equal(0, (await PoaProcess.RunAsync(home, "resume", "tiny")).ExitCode);
        Assert.Contains(await StatusAsync(home), (string[])["queued", "running"]);

        var cancelled = await PoaProcess.RunAsync(home, "cancel", "tiny");
        Assert.True(cancelled.ExitCode == 0, cancelled.ToString());
        Assert.Equal("cancelled", await StatusAsync(home));
        var refused = await PoaProcess.RunAsync(home, "resume", "tiny");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("remedy:", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_NewestCheckpointDamaged_SaysSoAndFallsBack()
    {
        using var home = new TemporaryHome();
        await using (var train = PoaProcess.Start(home, TinyRun.Arguments))
        {
            await train.WaitForTextAsync("Checkpoint 20 published", Patience);
            train.Interrupt();
            await train.WaitAsync(Patience);
        }

        var inspector = new HomeInspector(home);
        var newest = await inspector.LastStepAsync(TinyRun.Id) + 1;
        var file = Path.Combine(inspector.CheckpointFolder(TinyRun.Id, newest), "optimiser.safetensors");
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[^100] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);

        var resumed = await PoaProcess.RunAsync(home, "resume", "tiny");

        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        Assert.Contains("optimiser.safetensors", resumed.Error, StringComparison.Ordinal);
        Assert.Contains("Damaged checkpoint", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(TinyRun.Steps, (await inspector.SeriesAsync(TinyRun.Id)).Count);
    }

    private static async Task<string?> StatusAsync(TemporaryHome home)
    {
        var listed = await PoaProcess.RunAsync(home, "runs", "--json");
        Assert.True(listed.ExitCode == 0, listed.ToString());
        using var document = JsonDocument.Parse(listed.Output);
        return document.RootElement[0].GetProperty("status").GetString();
    }
}
