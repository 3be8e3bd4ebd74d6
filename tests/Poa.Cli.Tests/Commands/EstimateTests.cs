using System.Text.Json;
using Poa.Cli.Running;
using Poa.Elastic;
using Xunit;

namespace Poa.Cli.Tests.Commands;

/// <summary>Whole commands over a host of their own, on a data folder of their own.</summary>
public sealed class EstimateTests : IDisposable
{
    private static readonly string[] Tiny =
    [
        "train", "--preset", "demo", "--data", "demo", "train.threads=1", "train.OFFICIAL_EPOCH_LENGTH=6", "optim.epochs=1", "optim.warmup_epochs=0",
        "train.batch_size_per_gpu=4", "student.min_embed_dim=32", "student.max_embed_dim=48", "student.min_depth=2", "student.max_depth=3",
        "dino.head_n_prototypes=[16]", "dino.head_hidden_dim=32", "dino.head_bottleneck_dim=16",
    ];

    private readonly string home = Directory.CreateTempSubdirectory("poa-estimate-").FullName;
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Fact]
    public async Task Train_Estimate_PrintsCostAndDurationAndStartsNoRun()
    {
        Assert.True(await RunAsync([.. Tiny, "--estimate"]) == ExitCodes.Success, error.ToString());

        var text = output.ToString();
        Assert.Contains("4, 32x2 to 48x3", text, StringComparison.Ordinal);
        Assert.Contains("6 of 4 images: 24 images seen, each of 10,000 0.0 times", text, StringComparison.Ordinal);
        Assert.Matches(@"measured +[0-9.]+ s a step \([0-9.]+ to [0-9.]+ over 3\), [0-9]+ images/s on local/cpu with 1 threads", text);
        Assert.Matches("estimated duration +0:0", text);
        Assert.Contains("Not included", text, StringComparison.Ordinal);

        output.GetStringBuilder().Clear();
        Assert.Equal(ExitCodes.Success, await RunAsync("runs", "--json"));
        Assert.Empty(JsonDocument.Parse(output.ToString()).RootElement.EnumerateArray());
    }

    [Fact]
    public async Task Train_EstimateAsJson_HasBothParts()
    {
        Assert.True(await RunAsync([.. Tiny, "--estimate", "--json"]) == ExitCodes.Success, error.ToString());

        var root = JsonDocument.Parse(output.ToString()).RootElement;
        var expected = RunCost.Of(RunPlan.Make(null, "demo", Tiny[5..], "demo").Configuration, 10_000);
        Assert.Equal("demo?split=train", root.GetProperty("data").GetString());
        Assert.Equal(expected.CheckpointBytes, root.GetProperty("cost").GetProperty("checkpointBytes").GetInt64());
        Assert.True(root.GetProperty("measured").GetProperty("secondsPerStep").GetDouble() > 0);
    }

    [Fact]
    public async Task Latency_OfARun_PrintsMilliseconds()
    {
        Assert.True(await RunAsync([.. Tiny, "--run", "tiny"]) == ExitCodes.Success, error.ToString());
        output.GetStringBuilder().Clear();

        Assert.True(await RunAsync("latency", "tiny", "32x2", "48x3", "--repetitions", "2", "--threads", "1") == ExitCodes.Success, error.ToString());
        Assert.Contains("latency of tiny at iteration 6, in ms", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("batch 1, image size 28, repetitions 2", output.ToString(), StringComparison.Ordinal);

        output.GetStringBuilder().Clear();
        Assert.Equal(ExitCodes.Success, await RunAsync("results", "tiny", "--benchmark", "latency", "--json"));
        var results = JsonDocument.Parse(output.ToString()).RootElement.GetProperty("results");
        Assert.Equal(["32x2", "48x3"], results.EnumerateArray().Select(result => result.GetProperty("subNetwork").GetString()));
    }

    [Fact]
    public async Task Up_DataRootThatIsNoFolder_SaysSo()
    {
        Assert.Equal(ExitCodes.Usage, await RunAsync("up", "--data-root", Path.Combine(home, "nowhere")));

        Assert.Contains("nowhere", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("remedy: ", error.ToString(), StringComparison.Ordinal);
    }

    private Task<int> RunAsync(params string[] arguments) => PoaCommandLine.RunAsync(
        [.. arguments, "--home", home], new CliContext(output, error, false, 100, TimeProvider.System), TestContext.Current.CancellationToken);
}
