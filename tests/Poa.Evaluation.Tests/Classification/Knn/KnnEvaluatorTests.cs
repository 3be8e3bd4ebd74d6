using System.Text.Json;
using Poa.Data.Datasets;
using Poa.Elastic;
using Poa.Evaluation.Classification.Knn;
using Poa.Evaluation.Features;
using Poa.Networks;

namespace Poa.Evaluation.Tests.Classification.Knn;

public sealed class KnnEvaluatorTests : IDisposable
{
    private static readonly string[] Classes = ["red", "green", "blue"];

    private static readonly ViTArchitecture Architecture = new()
    {
        ImageSize = 16,
        PatchSize = 4,
        MinEmbedDim = 16,
        MaxEmbedDim = 32,
        HeadDim = 8,
        MinDepth = 2,
        MaxDepth = 4,
        LayerScale = null,
    };

    private readonly string folder = Directory.CreateTempSubdirectory("poa-knn-").FullName;
    private readonly ElasticViT teacher = new(Architecture, seed: 3);
    private readonly ColouredImages train = new("train", 90, Classes, seed: 1);
    private readonly ColouredImages test = new("test", 31, Classes, seed: 2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private KnnEvaluationOptions Options => new()
    {
        Classifier = new() { Ks = [5, 20] },
        ResizeSize = 18,
        CropSize = 16,
        BatchSize = 7,
        TemporaryFolder = folder,
        CheckpointSha256 = "abc",
    };

    public void Dispose()
    {
        teacher.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void EvaluateNetworks_WholeGrid_DecodesEveryImageOnceAndReportsEachResult()
    {
        var reported = new List<string>();
        var grid = teacher.Grid.SubNetworks;

        var results = new KnnEvaluator(Options, r => reported.Add(r.Network)).EvaluateNetworks(teacher, grid, train, test, Token);

        Assert.Equal(grid.Select(s => s.ToString()), results.Select(r => r.Network));
        Assert.Equal(results.Select(r => r.Network), reported);
        Assert.Equal((90, 31), (train.Loads, test.Loads));
        Assert.All(results, r => Assert.All(r.Accuracies, a => Assert.Equal(1, a.Top5)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Fact]
    public void EvaluateNetworks_OneAloneOrAmongOthers_HasIdenticalBits()
    {
        // Widths and a batch large enough for matrix products to be blocked.
        using var larger = new ElasticViT(Architecture with { PatchSize = 2, MinEmbedDim = 48, MaxEmbedDim = 112, HeadDim = 16, MaxDepth = 5 }, seed: 4);
        var among = Bits(larger, larger.Grid.SubNetworks);

        foreach (var subNetwork in larger.Grid.SubNetworks)
        {
            Assert.Equal(among[subNetwork.ToString()], Bits(larger, [subNetwork])[subNetwork.ToString()]);
        }
    }

    [Fact]
    public void EvaluateNetworks_SubNetworkFeatures_AreThoseOfItsOwnForwardPass()
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var noGrad = TorchSharp.torch.no_grad();
        var images = TorchSharp.torch.rand(3, 3, 16, 16, generator: new TorchSharp.torch.Generator(5));
        var subNetworks = teacher.Grid.SubNetworks;

        new BackboneFeatures(teacher, subNetworks).Extract(images, (i, features) =>
        {
            var expected = UnitFeatures.Of(teacher.Forward(images, subNetworks[i]).ClassToken);
            Assert.InRange((features - expected).abs().max().item<float>(), 0, 1e-5f);
        });
    }

    [Fact]
    public void EvaluateNetworks_Twice_GivesEqualResults()
    {
        var subNetworks = new[] { teacher.Grid.Smallest, teacher.Grid.Intact };

        var first = new KnnEvaluator(Options).EvaluateNetworks(teacher, subNetworks, train, test, Token);
        var second = new KnnEvaluator(Options with { LoaderThreads = 3 }).EvaluateNetworks(teacher, subNetworks, train, test, Token);

        Assert.Equal(JsonSerializer.Serialize(first), JsonSerializer.Serialize(second));
    }

    [Fact]
    public void EvaluateNetworks_Protocol_SaysHowTheFiguresCameAbout()
    {
        var options = Options with { Classifier = new() { Ks = [5, 200] } };

        var protocol = new KnnEvaluator(options).EvaluateNetworks(teacher, [teacher.Grid.Intact], train, test, Token)[0].Protocol;

        Assert.Equal(("knn", "abc", 16, 18, 7, 3), (protocol.Benchmark, protocol.CheckpointSha256, protocol.CropSize, protocol.ResizeSize, protocol.BatchSize, protocol.Classes));
        Assert.Equal(new DataCard("train", "train-90-1", 90, 0), protocol.Train);
        Assert.Equal(new DataCard("test", "test-31-2", 31, 0), protocol.Test);
        Assert.Contains("k = 200", Assert.Single(protocol.Notes), StringComparison.Ordinal);
        Assert.Equal(protocol.Train, JsonSerializer.Deserialize<KnnProtocol>(JsonSerializer.Serialize(protocol))!.Train);
    }

    [Fact]
    public void EvaluatePixels_ColouredImages_AreToldApart()
    {
        var result = new KnnEvaluator(Options).EvaluatePixels(train, test, cancellationToken: Token);

        Assert.Equal(("pixels", "pixel-knn", (string?)null), (result.Network, result.Protocol.Benchmark, result.Protocol.CheckpointSha256));
        Assert.InRange(result.At(5).Top1, 0.9, 1);
    }

    [Fact]
    public void Evaluate_UnlabelledSet_NamesItAndTheRemedy()
    {
        var error = Assert.Throws<DatasetException>(() =>
            new KnnEvaluator(Options).EvaluatePixels(new ColouredImages("loose", 3, null, 1), test, cancellationToken: Token));

        Assert.Contains("loose has no labels", error.Message, StringComparison.Ordinal);
        Assert.Contains("sub-folder per class", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_ClassesDiffer_NamesTheDifference()
    {
        var other = new ColouredImages("other", 30, ["red", "green", "teal"], 1);

        var error = Assert.Throws<DatasetException>(() => new KnnEvaluator(Options).EvaluatePixels(train, other, cancellationToken: Token));

        Assert.Contains("only in the training set: blue", error.Message, StringComparison.Ordinal);
        Assert.Contains("only in the test set: teal", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_UnreadableImage_IsFatalUnlessAllowed()
    {
        var damaged = new ColouredImages("damaged", 40, Classes, 1, 3, 17, 18);

        var error = Assert.Throws<UnreadableImageException>(() => new KnnEvaluator(Options).EvaluatePixels(damaged, test, cancellationToken: Token));
        var allowed = new KnnEvaluator(Options with { AllowUnreadable = true }).EvaluatePixels(damaged, test, cancellationToken: Token);

        Assert.Contains("damaged #3", error.Message, StringComparison.Ordinal);
        Assert.Equal((37, 3, true), (allowed.Protocol.Train.Used, allowed.Protocol.Train.Unreadable, allowed.Protocol.UnreadableAllowed));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Fact]
    public void Evaluate_EveryImageUnreadable_SaysSo()
    {
        var damaged = new ColouredImages("damaged", 3, Classes, 1, 0, 1, 2);

        var error = Assert.Throws<DatasetException>(() =>
            new KnnEvaluator(Options with { AllowUnreadable = true }).EvaluatePixels(damaged, test, cancellationToken: Token));

        Assert.Contains("None of the 3 images of damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EvaluateNetworks_SubNetworkOffTheGrid_ListsTheLegalOnes()
    {
        var error = Assert.Throws<FormatException>(() => new KnnEvaluator(Options).EvaluateNetworks(teacher, [new(20, 3)], train, test, Token));

        Assert.Contains("16, 24, 32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_CancelledAfterTheFirstResult_HasReportedItAndCleansUp()
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var reported = new List<KnnResult>();
        var evaluator = new KnnEvaluator(Options, result =>
        {
            reported.Add(result);
            cancellation.Cancel();
        });

        Assert.Throws<OperationCanceledException>(() => evaluator.EvaluateNetworks(teacher, teacher.Grid.SubNetworks, train, test, cancellation.Token));

        Assert.Equal(teacher.Grid.Smallest.ToString(), Assert.Single(reported).Network);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Fact]
    public void Evaluate_Progress_CoversEveryPhaseToItsEnd()
    {
        var progress = new List<EvaluationProgress>();

        new KnnEvaluator(Options, onProgress: progress.Add).EvaluateNetworks(teacher, [teacher.Grid.Smallest], train, test, Token);

        var ends = progress.GroupBy(p => p.Phase).Select(phase => (phase.Key, phase.Last().Done, phase.Last().Total));
        Assert.Equal([("features of train", 90, 90), ("features of test", 31, 31), ("k-NN of 16x2", 31, 31)], ends);
    }

    private static Dictionary<string, byte[]> Bits(ElasticViT teacher, IReadOnlyList<SubNetwork> subNetworks)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var images = TorchSharp.torch.rand(29, 3, 16, 16, generator: new TorchSharp.torch.Generator(5));
        var bits = new Dictionary<string, byte[]>();
        new BackboneFeatures(teacher, subNetworks).Extract(images, (i, features) =>
            bits.Add(subNetworks[i].ToString(), features.contiguous().bytes.ToArray()));
        return bits;
    }
}
