using System.Text.Json;
using Poa.Data.Imaging;
using Xunit;

namespace Poa.Cli.Tests.Commands;

/// <summary>A real (tiny) ablation over hosts of their own, on a data folder of their own.</summary>
public sealed class AblateTests : IDisposable
{
    private const string Table = """
        title: Weights
        rows:
          - name: whole
          - name: half
            title: half of it
            set: [dino.lambda_ie=0.5]
          - name: aside
            usual: false
        """;

    private static readonly string[] Tiny =
    [
        "train.threads=1", "train.OFFICIAL_EPOCH_LENGTH=2", "optim.epochs=1", "optim.warmup_epochs=0", "train.batch_size_per_gpu=4",
        "student.min_embed_dim=32", "student.max_embed_dim=48", "student.min_depth=2", "student.max_depth=3",
        "dino.head_n_prototypes=[16]", "ibot.head_n_prototypes=[16]", "dino.head_hidden_dim=32", "dino.head_bottleneck_dim=16",
    ];

    private readonly string home = Directory.CreateTempSubdirectory("poa-ablate-").FullName;
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Fact]
    public async Task Ablate_OwnTable_PrintsItOnceTrainedAndMeasuredAndFindsItAgain()
    {
        var file = Path.Combine(home, "table.yaml");
        await File.WriteAllTextAsync(file, Table, TestContext.Current.CancellationToken);
        var images = MakeImages();
        string[] command =
        [
            "ablate", "--rows-file", file, "--seeds", "2", "--data", images, "--train-data", images, "--test-data", images, "--set", "neighbours=3", "--id", "weights", .. Tiny,
        ];

        var first = await SucceedAsync(command);

        Assert.Matches(@"^weights completed: Weights, 4 of 4 runs done\n\nk-NN top-1, k = 3 \(%\), mean ± standard deviation over seeds 0, 1; .*\n\n\| \| 32x2 \| 48x3 \|\n", first);
        Assert.Matches(@"\| whole \| \d+\.\d\d ± \d+\.\d\d \| \d+\.\d\d ± \d+\.\d\d \|\n\| half of it \|", first);
        // Nothing is trained again, by whichever of the commands.
        Assert.Equal(first, await SucceedAsync(command));
        Assert.Equal(first, await SucceedAsync("ablate", "--id", "weights"));
        Assert.Equal(first, await SucceedAsync("ablate", "show", "weights"));
        var table = JsonDocument.Parse(await SucceedAsync("ablate", "show", "weights", "--json")).RootElement.GetProperty("table");
        Assert.Equal(2, table[1].GetProperty("cells")[0].GetProperty("values").GetArrayLength());
        Assert.Matches("(?m)^weights +completed .* 2 +4 +4 +0 +knn +Weights$", await SucceedAsync("ablate", "--list"));

        Assert.Equal(ExitCodes.Failure, await RunAsync([.. command, "optim.lr=0.1"]));
        Assert.Contains("another specification", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.NotFound, await RunAsync("ablate", "show", "nowhere"));
    }

    [Theory]
    [InlineData("No table of rows", "ablate")]
    [InlineData("Both --preset and --rows-file", "ablate", "--preset", "paper", "--rows-file", "x.yaml")]
    [InlineData("no ablation 'nonsense'", "ablate", "--preset", "nonsense")]
    [InlineData("no row 'nowhere'", "ablate", "--preset", "paper", "--rows", "poa,nowhere")]
    [InlineData("/no/such/table.yaml", "ablate", "--rows-file", "/no/such/table.yaml")]
    [InlineData("optim.nonsense", "ablate", "--preset", "paper", "optim.nonsense=1")]
    [InlineData("Both --config and --preset", "ablate", "--preset", "paper", "--base", "demo", "--config", "x.yaml")]
    [InlineData("No table of rows", "ablate", "--id", "x", "optim.epochs=1")]
    public async Task Ablate_WhatCannotBe_SaysSoBeforeAHostIsStarted(string named, params string[] arguments)
    {
        Assert.Equal(ExitCodes.Usage, await RunAsync(arguments));
        Assert.Contains(named, error.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(home));
    }

    /// <summary>Two classes, dark and light, of four images each.</summary>
    private string MakeImages()
    {
        var folder = Path.Combine(home, "images");
        for (var i = 0; i < 8; i++)
        {
            var grey = (byte)((i < 4 ? 20 : 180) + (5 * i));
            byte[] pixels = [.. Enumerable.Repeat((byte[])[grey, grey, grey, 255], 28 * 28).SelectMany(pixel => pixel)];
            var path = Directory.CreateDirectory(Path.Combine(folder, i < 4 ? "dark" : "light")).FullName;
            File.WriteAllBytes(Path.Combine(path, $"{i}.png"), ImageEncoder.EncodePng(new RgbImage(28, 28, pixels)));
        }

        return folder;
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
