using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Poa.Data.Segmentation;
using Poa.Elastic;
using Poa.Evaluation.Dense.Backbones;
using Poa.Evaluation.Segmentation.Heads;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Segmentation;

/// <summary>What an evaluation starts with: the untrained network and its protocol.</summary>
internal sealed class AdeSetup
{
    // Numbers of the modules whose initial weights are drawn; the pyramid has number 0.
    private const long MainHead = ViTBackbone.PyramidModule + 1;
    private const long AuxiliaryHeadNumber = ViTBackbone.PyramidModule + 2;

    private const int StageHeadChannels = 512;

    private readonly AdeEvaluationOptions options;
    private readonly PlainConfiguration configuration;
    private readonly IReadOnlyDictionary<string, Tensor> weights;
    private readonly string name;
    private readonly Device device;

    internal AdeSetup(
        AdeEvaluationOptions options, PlainConfiguration configuration, IReadOnlyDictionary<string, Tensor> weights, string name, Device device)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (options.Transform.CropSize % configuration.SizeDivisor != 0)
        {
            throw new ArgumentException(
                $"The crop size {options.Transform.CropSize} is no multiple of the patch size {configuration.SizeDivisor} of network {name}. Choose another crop size.", nameof(options));
        }

        (this.options, this.configuration, this.weights, this.name, this.device) = (options, configuration, weights, name, device);
    }

    // A ViT's own width, as the reference has it; for networks with stages mmseg's UperNet has 512.
    private int HeadChannels => configuration is PlainViTConfiguration vit ? vit.EmbedDim : StageHeadChannels;

    private bool IsLinear => options.Head == AdeHead.Linear;

    /// <summary>A network with pre-trained backbone and fresh heads.</summary>
    internal SegmentationNetwork Network(int classes)
    {
        var side = options.Transform.CropSize / configuration.SizeDivisor;
        var backbone = DenseBackbones.Create(
            configuration,
            weights,
            name,
            new ViTBackboneOptions
            {
                HasPyramid = !IsLinear,
                IsFrozen = IsLinear,
                DropPathRate = options.DropPathRate,
                Grid = new TokenGrid(side, side),
                PositionSkip = PositionSkip.EqualCountAndSquare,
                Seed = options.Seed,
            },
            device);
        int[] channels = [.. backbone.Maps.Select(m => m.Channels)];
        if (IsLinear)
        {
            return new SegmentationNetwork(backbone, new LinearHead(channels, classes, Start(MainHead)), null);
        }

        var head = new UPerHead(channels, options.HeadChannels ?? HeadChannels, classes, options.PoolScales, options.Dropout, Start(MainHead));
        return new SegmentationNetwork(
            backbone, head, new AuxiliaryHead(channels, options.AuxiliaryChannels, classes, options.Dropout, Start(AuxiliaryHeadNumber)));

        Initialisation Start(long module) => new(options.Seed, RandomPurpose.DenseHeadInitialisation, module, device);
    }

    /// <summary>The protocol of an evaluation that is about to start.</summary>
    internal AdeProtocol Protocol(ISegmentationDataset train, ISegmentationDataset validation) => new()
    {
        Benchmark = IsLinear ? AdeEvaluator.LinearBenchmark : AdeEvaluator.UperNetBenchmark,
        Network = name,
        PatchSize = configuration is PlainViTConfiguration vit ? vit.PatchSize : ((PlainStageConfiguration)configuration).StageStrides[0],
        Taps = DenseBackbones.TapsOf(configuration),
        Strides = DenseBackbones.StridesOf(configuration, hasPyramid: !IsLinear),
        IsBackboneFrozen = IsLinear,
        Positions = configuration switch
        {
            PlainViTConfiguration => "bicubic: to the grid of a crop by target size, then to other grids by (patches + 0.1) / grid; kept for as many patches in a square image",
            PlainSwinConfiguration => "relative, within windows",
            _ => "none",
        },
        HeadDescription = IsLinear
            ? "1 x 1 convolution of the four maps, resized bilinearly to the first and put side by side"
            : "UPerHead with batch norm and auxiliary FCN head on the third map",
        Options = options,
        Mean = options.Transform.Normalisation.Mean,
        Deviation = options.Transform.Normalisation.Deviation,
        Train = new DataCard(train.Name, train.Fingerprint, train.Count, 0),
        Validation = new DataCard(validation.Name, validation.Fingerprint, validation.Count, 0),
        Classes = train.Classes,
        WeightsSha256 = HashOf(weights),
        SoftwareVersion = typeof(AdeSetup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
        TorchVersion = __version__,
        Device = device.ToString(),
        Threads = TorchRuntime.Threads,
        Notes = ["All arithmetic is float32."],
    };

    /// <summary>All of a protocol that decides the trained weights, as text: threads, versions, speed and where things lie are left out.</summary>
    internal static string Describe(AdeProtocol protocol) => JsonSerializer.Serialize(
        protocol with
        {
            Threads = 0,
            SoftwareVersion = string.Empty,
            TorchVersion = string.Empty,
            Device = protocol.Device.Split(':')[0],
            Options = protocol.Options with { LoaderThreads = 0, CheckpointEvery = 0, CheckpointSha256 = null },
            Train = protocol.Train with { Name = string.Empty },
            Validation = protocol.Validation with { Name = string.Empty },
        });

    private static string HashOf(IReadOnlyDictionary<string, Tensor> weights)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (key, value) in weights.OrderBy(w => w.Key, StringComparer.Ordinal))
        {
            using var scope = NewDisposeScope();
            hash.AppendData(Encoding.UTF8.GetBytes($"{key} [{string.Join(", ", value.shape)}]\n"));
            hash.AppendData(value.detach().cpu().contiguous().bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
