using Poa.Data.Datasets;
using Poa.Elastic;
using Poa.Evaluation.Classification.Linear;
using Poa.Networks;

namespace Poa.Evaluation.Tests.Classification.Linear;

public sealed class LinearProbeTests : IDisposable
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

    private readonly string folder = Directory.CreateTempSubdirectory("poa-linear-").FullName;
    private readonly ElasticViT teacher = new(Architecture, seed: 3);
    private readonly ColouredImages train = new("train", 90, Classes, seed: 1);
    private readonly ColouredImages validation = new("validation", 31, Classes, seed: 2);

    public static TheoryData<bool> Forms => [true, false];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        teacher.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Evaluate_ClassesThatTheFeaturesTell_AreLearned(bool cached)
    {
        var results = new LinearProbe(Options(cached)).Evaluate(teacher, [teacher.Grid.Smallest, teacher.Grid.Intact], train, validation, Token);

        Assert.Equal(["16x2", "32x4"], results.Select(result => result.Network));
        Assert.All(results, result =>
        {
            Assert.InRange(result.Best.Top1, 0.9, 1);
            Assert.Equal(result.Accuracies.Max(accuracy => accuracy.Top1), result.Best.Top1);
            Assert.Equal(1, result.Best.Top5);
            Assert.Equal(2 * 2 * 2, result.Accuracies.Count);
        });
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Evaluate_OneAloneOrAmongOthers_HasIdenticalFigures(bool cached)
    {
        var options = Options(cached) with { Epochs = 1, EpochLength = 3 };
        var among = new LinearProbe(options).Evaluate(teacher, teacher.Grid.SubNetworks, train, validation, Token);

        foreach (var result in among)
        {
            var alone = new LinearProbe(options).Evaluate(teacher, [teacher.Grid.Parse(result.Network)], train, validation, Token)[0];
            Assert.Equal(result.Accuracies, alone.Accuracies);
        }
    }

    [Fact]
    public void Training_OneAloneOrAmongOthers_ComesToTheSameBits()
    {
        var options = Options(cached: false) with { Epochs = 1, EpochLength = 3 };
        var among = Trained(options, teacher.Grid.SubNetworks);

        Assert.Equal(teacher.Grid.SubNetworks.Count, among.Count);
        foreach (var (network, bits) in among)
        {
            Assert.Equal(bits, Trained(options, [network])[network]);
        }
    }

    [Fact]
    public void Evaluate_MoreThanFitsIntoMemory_TakesSeveralPassesToTheSameFigures()
    {
        var options = Options(cached: false) with { Epochs = 1, EpochLength = 3 };
        var grid = teacher.Grid.SubNetworks;

        var one = new LinearProbe(options).Evaluate(teacher, grid, train, validation, Token);
        var loads = train.Loads;
        var several = new LinearProbe(options with { PassBytes = 1, LoaderThreads = 3 }).Evaluate(teacher, grid, train, validation, Token);

        Assert.Equal(one.Select(result => result.Network), several.Select(result => result.Network));
        Assert.Equal(one.SelectMany(result => result.Accuracies), several.SelectMany(result => result.Accuracies));
        // The first had one pass for all: each step decodes its images once (and the loaders may be some parts ahead).
        Assert.InRange(loads, 3 * 20, (3 * 20) + (4 * 16));
    }

    [Fact]
    public void Evaluate_DivergingRate_DoesNotWin()
    {
        var options = Options(cached: true) with { LearningRates = [1e38, 0.5] };

        var result = new LinearProbe(options).Evaluate(teacher, [teacher.Grid.Smallest], train, validation, Token)[0];

        Assert.Equal(0.5, result.Best.Setting.LearningRate);
        Assert.All(result.Accuracies.Where(accuracy => accuracy.Setting.LearningRate > 1), accuracy => Assert.Equal(0, accuracy.Top1));
    }

    [Fact]
    public void Evaluate_Protocol_SaysHowTheFiguresCameAbout()
    {
        var reported = new List<LinearResult>();
        var options = Options(cached: true) with { CheckpointSha256 = "abc" };

        new LinearProbe(options, reported.Add).Evaluate(teacher, [teacher.Grid.Smallest], train, validation, Token);

        var protocol = Assert.Single(reported).Protocol;
        Assert.Equal((3, 50L, "abc", "cpu"), (protocol.Classes, protocol.Steps, protocol.Options.CheckpointSha256, protocol.Device));
        Assert.Equal(new DataCard("train", "train-90-1", 90, 0), protocol.Train);
        Assert.Equal(new DataCard("validation", "validation-31-2", 31, 0), protocol.Validation);
        Assert.Contains("16x2 has 2 of the 4 blocks", Assert.Single(protocol.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_SetsThatDoNotFit_SayWhy()
    {
        var probe = new LinearProbe(Options(cached: true));

        Assert.Contains("no labels", Assert.Throws<DatasetException>(
            () => probe.Evaluate(teacher, [teacher.Grid.Smallest], new ColouredImages("loose", 3, null, 1), validation, Token)).Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => probe.Evaluate(teacher, [new(20, 3)], train, validation, Token));
        Assert.Throws<ArgumentException>(() => probe.Evaluate(teacher, [], train, validation, Token));
    }

    [Fact]
    public void Options_OutOfRange_AreNamed()
    {
        var fine = new LinearProbeOptions();
        (string Name, LinearProbeOptions Options)[] wrong =
        [
            ("learning_rates", fine with { LearningRates = [] }),
            ("learning_rates", fine with { LearningRates = [0.1, -1] }),
            ("learning_rates", fine with { LearningRates = [0.1, 0.1] }),
            ("blocks", fine with { LastBlocks = [5] }),
            ("avgpool", fine with { AveragePooling = [] }),
            ("epochs", fine with { Epochs = 0 }),
            ("epoch_length", fine with { EpochLength = 0 }),
            ("batch_size", fine with { BatchSize = 0 }),
            ("forward_batch", fine with { ForwardBatch = 0 }),
            ("momentum", fine with { Momentum = 1 }),
            ("flip", fine with { FlipProbability = 2 }),
            ("crop_scale", fine with { Crop = new(new Interval(0.5, 0.1), fine.Crop.AspectRatio) }),
            ("resize_size", fine with { ResizeSize = 100 }),
            ("checkpoint_every", fine with { CheckpointEvery = 0 }),
        ];

        fine.Validate();
        LinearProbeOptions.Quick.Validate();
        Assert.All(wrong, fault => Assert.Contains($" {fault.Name} is ", Assert.Throws<ArgumentException>(() => new LinearProbe(fault.Options)).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Options_Defaults_AreTheProtocols()
    {
        var options = new LinearProbeOptions();

        Assert.Equal((13, 12500L, 2048, 0.9), (options.LearningRates.Count, options.StepsFor(1_281_167), options.BatchSize, options.Momentum));
        Assert.Equal(390, LinearProbeOptions.Quick.StepsFor(9_900));
    }

    [Fact]
    public void Evaluate_CancelledAndResumedWithOthersAtOtherSteps_EqualsTheUnbrokenRunBitForBit()
    {
        var options = Options(cached: false) with { Epochs = 1, EpochLength = 12, CheckpointEvery = 4, CheckpointFolder = Path.Combine(folder, "kept") };
        SubNetwork[] networks = [teacher.Grid.Smallest, teacher.Grid.Intact];
        var whole = LastCheckpoints(options with { CheckpointFolder = Path.Combine(folder, "whole") }, networks, stopAfter: null);

        // One is stopped after 7 steps; the other begins beside it.
        LastCheckpoints(options, [networks[0]], stopAfter: 7);
        Assert.Equal(["0000000004", "0000000007"], Directory.GetDirectories(Path.Combine(folder, "kept", "16x2")).Select(Path.GetFileName).Order());
        var resumed = LastCheckpoints(options, networks, stopAfter: null);

        Assert.Equal(whole["16x2"], resumed["16x2"]);
        Assert.Equal(whole["32x4"], resumed["32x4"]);
        Assert.False(whole["16x2"].SequenceEqual(whole["32x4"]));
    }

    [Fact]
    public void Evaluate_CheckpointOfOtherOptions_IsNotContinued()
    {
        var options = Options(cached: false) with { Epochs = 1, EpochLength = 6, CheckpointEvery = 3, CheckpointFolder = Path.Combine(folder, "kept") };
        var loads = train.Loads;
        LastCheckpoints(options, [teacher.Grid.Smallest], null);
        var first = train.Loads - loads;

        LastCheckpoints(options with { Seed = 5 }, [teacher.Grid.Smallest], null);

        Assert.InRange(train.Loads - loads, (2 * first) - 64, (2 * first) + 64);
    }

    /// <summary>Evaluates and gives the bytes of the classifiers' last checkpoints.</summary>
    private Dictionary<string, byte[]> LastCheckpoints(LinearProbeOptions options, IReadOnlyList<SubNetwork> networks, int? stopAfter)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var bytes = new Dictionary<string, byte[]>();
        var probe = new LinearProbe(
            options,
            onProgress: progress =>
            {
                if (progress.Phase.StartsWith("linear", StringComparison.Ordinal) && progress.Done / options.BatchSize == stopAfter)
                {
                    stop.Cancel();
                }
            },
            onCheckpoint: (network, checkpoint) => bytes[network] = File.ReadAllBytes(Path.Combine(checkpoint, "heads.safetensors")));
        if (stopAfter is null)
        {
            probe.Evaluate(teacher, networks, train, validation, stop.Token);
        }
        else
        {
            Assert.Throws<OperationCanceledException>(() => probe.Evaluate(teacher, networks, train, validation, stop.Token));
        }

        return bytes;
    }

    private Dictionary<SubNetwork, byte[]> Trained(LinearProbeOptions options, IReadOnlyList<SubNetwork> networks)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        LinearHeads[] heads = [.. networks.Select(s => new LinearHeads(s, BlockFeatures.Widths(teacher, s, options), 3, 3, options, TorchSharp.torch.CPU))];
        new AugmentedTraining(teacher, train, 3, options).Run(heads, null, Token);
        var bits = heads.ToDictionary(one => one.Network, one => one.State.SelectMany(part => part.Value.bytes.ToArray()).ToArray());
        Array.ForEach(heads, one => one.Dispose());
        return bits;
    }

    private LinearProbeOptions Options(bool cached) => new()
    {
        LearningRates = [0.5, 5],
        LastBlocks = [1, 4],
        Epochs = 5,
        EpochLength = 10,
        BatchSize = 20,
        ForwardBatch = 16,
        ResizeSize = 18,
        CropSize = 16,
        CachedFeatures = cached,
        TemporaryFolder = folder,
    };
}
