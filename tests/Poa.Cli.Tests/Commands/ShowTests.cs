using Poa.Data.Imaging;
using Poa.Data.Scenes;
using Xunit;

namespace Poa.Cli.Tests.Commands;

/// <summary>Pictures of a real (tiny) run, over hosts of their own, on a data folder of their own.</summary>
public sealed class ShowTests : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("poa-show-").FullName;
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Fact]
    public async Task Show_StoredPictures_AreFetchedOnceAnEvaluationHasDrawnThem()
    {
        var scenes = SceneSet.Make(
            new SceneRecipe { TrainScenes = 3, ValScenes = 2, Width = 56, Height = 56, MaxSide = 28 }, Path.Combine(home, "scenes"), cancellationToken: TestContext.Current.CancellationToken);
        await SucceedAsync(
            "train", "--preset", "demo", "--data", "demo", "--run", "tiny", "train.threads=1", "train.OFFICIAL_EPOCH_LENGTH=2", "optim.epochs=1", "optim.warmup_epochs=0",
            "train.batch_size_per_gpu=4", "student.min_embed_dim=32", "student.max_embed_dim=48", "student.min_depth=2", "student.max_depth=3",
            "dino.head_n_prototypes=[16]", "dino.head_hidden_dim=32", "dino.head_bottleneck_dim=16");

        await MissingAsync("poa evaluate tiny --benchmark ade20k --subnetworks 32x2 --train-data 'ade20k:FOLDER?split=training'", "show", "latest", "32x2", "--what", "ade20k");
        await MissingAsync("poa evaluate tiny --benchmark attention --subnetworks 32x2 --checkpoint 0", "show", "tiny", "32x2", "--checkpoint", "0");
        Assert.Equal(ExitCodes.Usage, await RunAsync("show", "tiny", "33x2", "--what", "coco", "-o", Folder));

        // A result of before there were pictures, or without any, is told from none.
        string[] evaluate =
        [
            "evaluate", "tiny", "--subnetworks", "32x2", "--benchmark", "ade20k", "--train-data", $"ade20k:{scenes.Ade20kFolder}?split=training",
            "--set", "preset=quick", "--set", "crop_size=56", "--set", "iterations=2", "--set", "batch_size=2", "--set", "warmup_iterations=0",
        ];
        await SucceedAsync([.. evaluate, "--set", "pictures=0"]);
        await MissingAsync("--recompute", "show", "tiny", "32x2", "--what", "ade20k");
        await SucceedAsync(evaluate);
        await AssertShownAsync(["32x2.ade20k.01.jpg", "32x2.ade20k.02.jpg"], "true classes", "--what", "ade20k");

        await SucceedAsync("evaluate", "tiny", "--subnetworks", "32x2", "--benchmark", "attention", "--set", "pictures=1");
        await AssertShownAsync(["32x2.attention.01.jpg"], "demo test #0: attention");
    }

    private string Folder => Path.Combine(home, "shown");

    private async Task AssertShownAsync(string[] files, string caption, params string[] arguments)
    {
        var lines = (await SucceedAsync(["show", "tiny", "32x2", .. arguments, "-o", Folder])).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(files.Select(file => Path.Combine(Folder, file)), lines.Select(line => line.Split("  ")[0]));
        Assert.All(lines, line => Assert.Contains(caption, line, StringComparison.Ordinal));
        Assert.All(files, file => Assert.True(ImageDecoder.DecodeFile(Path.Combine(Folder, file)).Width > 448, file));
    }

    private async Task MissingAsync(string remedy, params string[] arguments)
    {
        Assert.Equal(ExitCodes.NotFound, await RunAsync([.. arguments, "-o", Folder]));

        Assert.Contains(remedy, error.ToString().Split("remedy: Compute them: ")[1], StringComparison.Ordinal);
        Assert.False(Directory.Exists(Folder));
    }

    private async Task<string> SucceedAsync(params string[] arguments)
    {
        Assert.True(await RunAsync(arguments) == ExitCodes.Success, error.ToString());
        return output.ToString();
    }

    private Task<int> RunAsync(params string[] arguments)
    {
        output.GetStringBuilder().Clear();
        error.GetStringBuilder().Clear();
        return PoaCommandLine.RunAsync([.. arguments, "--home", home], new CliContext(output, error, false, 200, TimeProvider.System), TestContext.Current.CancellationToken);
    }
}
