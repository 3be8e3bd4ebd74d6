using Poa.Cli.Running;
using Poa.Elastic;
using Poa.Networks;
using Xunit;

namespace Poa.Cli.Tests.Commands;

public sealed class WeightsTests : IDisposable
{
    private static readonly string[] Tiny =
    [
        "train.threads=1", "train.OFFICIAL_EPOCH_LENGTH=2", "optim.epochs=1", "optim.warmup_epochs=0", "train.batch_size_per_gpu=4", "student.min_embed_dim=32", "student.max_embed_dim=48",
        "student.min_depth=2", "student.max_depth=3", "dino.head_n_prototypes=[16]", "dino.head_hidden_dim=32", "dino.head_bottleneck_dim=16",
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("poa-weights-").FullName;
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    private string File => Path.Combine(folder, "my weights.safetensors");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Inspect_FileThatFits_ListsEveryTensorAndASummary()
    {
        Publish();

        Assert.True(await RunAsync(["weights", "inspect", File, "--preset", "demo", .. Tiny, "crops.global_crops_size=56"]) == ExitCodes.Success, error.ToString());

        Assert.Matches(@"pos_embed +resized +from \d x \d to \d x \d patches, bicubically", output.ToString());
        Assert.Matches("mask_token +initialised", output.ToString());
        Assert.Matches("blocks.2.mlp.fc2.weight +used", output.ToString());
        Assert.Contains("can start from this file", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inspect")]
    [InlineData("train")]
    public async Task Weights_OfAnotherDepth_AreRefusedWithTheKeyToChange(string command)
    {
        Publish();
        string[] arguments = command == "train" ? ["train", "--preset", "demo", "--data", "demo", "--weights", File, .. Tiny] : ["weights", "inspect", File, "--preset", "demo", .. Tiny];

        Assert.Equal(ExitCodes.Usage, await RunAsync([.. arguments, "student.max_depth=4"]));

        Assert.Contains("student.max_depth=3", output.ToString() + error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_FileThatIsNotThereOrForAnotherFamily_IsAUsageError()
    {
        Assert.Equal(ExitCodes.Usage, await RunAsync("train", "--preset", "demo", "--data", "demo", "--weights", File));
        Assert.Contains("There is no file", error.ToString(), StringComparison.Ordinal);

        Assert.Equal(ExitCodes.Usage, await RunAsync("train", "--preset", "demo-swin", "--data", "demo", "--weights", File));
        Assert.Contains("vision transformers only", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Make_StoredWeights_AreTakenAsTheyAre()
    {
        var plan = RunPlan.Make(null, "demo", [$"MODEL.WEIGHTS={ModelOptions.NameOf(new string('a', 64))}"], "demo");

        Assert.Null(plan.WeightsFile);
        Assert.Equal(new string('a', 64), plan.Configuration.Model.StoredWeights);
    }

    [Fact]
    public async Task Train_WithWeights_StoresThemAndTheRunSaysWhatBecameOfThem()
    {
        Publish();
        string[] train = ["train", "--preset", "demo", "--data", "demo", .. Tiny, "--home", Path.Combine(folder, "home")];
        Assert.Equal(ExitCodes.Usage, await RunAsync([.. train, $"MODEL.WEIGHTS={ModelOptions.NameOf(new string('a', 64))}"]));
        Assert.Contains("names no stored file", error.ToString(), StringComparison.Ordinal);

        Assert.True(await RunAsync([.. train, "--weights", File]) == ExitCodes.Success, error.ToString());

        Assert.Contains("starts from the weights sha256:", output.ToString() + error, StringComparison.Ordinal);
        Assert.Contains("drawn anew (mask_token)", output.ToString() + error, StringComparison.Ordinal);
    }

    /// <summary>Writes an intact network of the shape of <see cref="Tiny"/> as timm knows it.</summary>
    private void Publish()
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var network = new ElasticViT(ConfigurationPresets.Load("demo", Tiny).ViTArchitecture(), seed: 99);
        Safetensors.Save(File, Extraction.PlainWeights(network, network.Grid.Intact));
    }

    private Task<int> RunAsync(params string[] arguments) => PoaCommandLine.RunAsync(
        arguments, new CliContext(output, error, false, 100, TimeProvider.System), TestContext.Current.CancellationToken);
}
