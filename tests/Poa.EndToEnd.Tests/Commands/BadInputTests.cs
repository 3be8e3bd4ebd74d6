using System.Net;
using System.Net.Sockets;
using Poa.EndToEnd.Tests.Processes;
using Xunit;

namespace Poa.EndToEnd.Tests.Commands;

/// <summary>What a user gets to see for wrong input: an error that names it, a remedy, and the right exit code.</summary>
public sealed class BadInputTests
{
    [Theory]
    [InlineData(2, "train.nonsense", "train", "--preset", "demo-quick", "--data", "demo", "train.nonsense=1")]
    [InlineData(2, "optim.epochs", "train", "--preset", "demo-quick", "--data", "demo", "optim.epochs=-3")]
    [InlineData(2, "student.max_embed_dim", "train", "--preset", "demo-quick", "--data", "demo", "student.max_embed_dim=50")]
    [InlineData(2, "/no/such/folder", "train", "--preset", "demo-quick", "--data", "/no/such/folder")]
    [InlineData(2, "no-such-preset", "train", "--preset", "no-such-preset", "--data", "demo")]
    [InlineData(2, "--nonsense", "runs", "--nonsense")]
    [InlineData(3, "no-such-run", "results", "no-such-run")]
    [InlineData(2, "/no/such/image.png", "show", "latest", "48x2", "--image", "/no/such/image.png", "-o", "pictures")]
    [InlineData(2, "a.attention.png", "show", "latest", "48x2", "--image", "one/a.png", "two/a.jpg", "-o", "pictures")]
    [InlineData(2, "--size", "show", "latest", "48x2", "--image", "a.png", "-o", "pictures", "--size", "0")]
    [InlineData(2, "MaxSide", "scenes", "-o", "scenes", "--size", "40")]
    [InlineData(2, "tuxpaint-stamps-default", "scenes", "-o", "scenes", "--source", "tuxpaint", "--stamps", "/no/such/folder")]
    [InlineData(2, "0.0.0.0", "up", "--dashboard-address", "0.0.0.0")]
    [InlineData(2, "no-such-address", "up", "--dashboard-address", "no-such-address")]
    [InlineData(3, "nobody", "accounts", "remove", "nobody")]
    [InlineData(2, "boss", "accounts", "add", "ana", "--role", "boss", "--no-password")]
    [InlineData(4, "/proc/poa", "runs", "--home", "/proc/poa")]
    public async Task Command_WrongInput_NamesItWithARemedyAndACode(int code, string named, params string[] arguments)
    {
        using var home = new TemporaryHome();

        var result = await PoaProcess.RunAsync(home, arguments);

        Assert.True(result.ExitCode == code, result.ToString());
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("remedy: ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at Poa.", result.Error, StringComparison.Ordinal); // no stack
        if (named != "no-such-run")
        {
            Assert.Contains(named, result.Error, StringComparison.Ordinal);
        }

        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task Train_ClassFolderWithoutImages_NamesTheFolder()
    {
        using var home = new TemporaryHome();
        var empty = Directory.CreateDirectory(home.PathOf("images", "cats")).FullName;

        var result = await PoaProcess.RunAsync(home, "train", "--preset", "demo-quick", "--data", home.PathOf("images"));

        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.Contains(Path.GetDirectoryName(empty)!, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_PortInUse_NamesThePort()
    {
        using var home = new TemporaryHome();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var result = await PoaProcess.RunAsync(home, "up", "--port", $"{port}");

        Assert.True(result.ExitCode == 4, result.ToString());
        Assert.Contains($"{port}", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_HomeServedAlready_NamesTheOtherProcess()
    {
        using var home = new TemporaryHome();
        await using var host = await HostedCluster.StartAsync(home);

        var result = await PoaProcess.RunAsync(home, "up");

        Assert.True(result.ExitCode == 4, result.ToString());
        Assert.Contains($"process {host.Process.Id}", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExtractAndEvaluate_NameNotOnTheGrid_ListTheLegalOnes()
    {
        using var home = new TemporaryHome();
        await using var host = await HostedCluster.StartAsync(home);
        Assert.Equal(0, (await PoaProcess.RunAsync(home, TinyRun.Arguments)).ExitCode);

        foreach (var arguments in (string[][])[["extract", "tiny", "50x2"], ["evaluate", "tiny", "--subnetworks", "48x2,50x2"], ["download", "tiny", "50x2", "-o", "x"]])
        {
            var result = await PoaProcess.RunAsync(home, arguments);

            Assert.True(result.ExitCode == 2, result.ToString());
            Assert.Contains("48, 64, 80, 96", result.Error, StringComparison.Ordinal);
        }

        var missing = await PoaProcess.RunAsync(home, "download", "tiny", "48x2", "-o", home.PathOf("x"));
        Assert.True(missing.ExitCode == 3, missing.ToString());
        Assert.Contains("poa extract", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_NoRoomForCheckpoints_FailsWithARemedyAndNoStack()
    {
        using var home = new TemporaryHome();
        await using var train = PoaProcess.StartWithFileLimit(home, kilobytes: 3000, TinyRun.Arguments);

        var result = await train.WaitAsync(TimeSpan.FromSeconds(90));

        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Contains("error: ", result.Error, StringComparison.Ordinal);
        Assert.Matches("remedy: .*(room|space)", result.Error);
        Assert.DoesNotContain("   at Poa.", result.Error, StringComparison.Ordinal);
    }
}
