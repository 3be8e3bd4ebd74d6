using Poa.Actors.Abstractions;
using Poa.EndToEnd.Tests.Processes;
using Xunit;

namespace Poa.EndToEnd.Tests.Resume;

/// <summary>A run that ends its process is not tried for ever.</summary>
public sealed class QuarantineTests
{
    /// <summary>How a process ends that the signal SIGXFSZ, number 25, has ended.</summary>
    private const int EndedBySystem = 128 + 25;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Run_EndsItsProcessWheneverItBegins_QuarantinedWithItsLog()
    {
        using var home = new TemporaryHome();
        // The first checkpoint, of the untrained network, is a longer file than the process may write.
        const int kilobytes = 3000;
        await using (var train = PoaProcess.StartToEndAtFileLimit(home, kilobytes, TinyRun.Arguments))
        {
            var ended = await train.WaitAsync(Limit);
            Assert.True(ended.ExitCode == EndedBySystem, ended.ToString());
        }

        for (var time = 2; time <= 3; time++)
        {
            await using var up = PoaProcess.StartToEndAtFileLimit(home, kilobytes, "up");
            var ended = await up.WaitAsync(Limit);
            Assert.True(ended.ExitCode == EndedBySystem, ended.ToString());
        }

        // This one could train it to the end, if it were tried again.
        await using var host = await HostedCluster.StartAsync(home);
        var run = await host.EndOfRunAsync(TinyRun.Id);
        Assert.Equal((RunStatus.Failed, ErrorCodes.Quarantined), (run.Status, run.Error?.Code));
        Assert.Contains("3 times while taking step 0", run.Error!.Message, StringComparison.Ordinal);
        var logs = Directory.EnumerateFiles(home.PathOf("blobs", "runs", TinyRun.Id, "logs")).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(3, logs.Count);
        Assert.Contains(logs[2]!, run.Error.Remedy, StringComparison.Ordinal);
    }
}
