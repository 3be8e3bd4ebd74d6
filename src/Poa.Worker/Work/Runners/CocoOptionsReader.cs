using Poa.Actors.Abstractions;
using Poa.Data.Imaging;
using Poa.Elastic;
using Poa.Evaluation.Detection;

namespace Poa.Worker.Work.Runners;

/// <summary>What a request says about a COCO evaluation.</summary>
/// <param name="Evaluation">How to evaluate.</param>
/// <param name="Pictures">How many test images are drawn.</param>
/// <param name="PictureScore">Least score of the found objects that are drawn; 0.3 as mmdet draws them.</param>
internal sealed record CocoRequest(CocoBenchmarkOptions Evaluation, int Pictures = EvaluationRun.DefaultPictures, double PictureScore = 0.3);

/// <summary>Options of a COCO evaluation: a preset for the sub-network, and those of the work item over it.</summary>
internal static class CocoOptionsReader
{
    internal static OptionTable<CocoRequest> Table(PoaConfiguration configuration) => new OptionTable<CocoRequest>(Benchmarks.Coco)
        // The preset is taken before the table is read: it depends on the sub-network.
        .AddChoice(Benchmarks.Preset, (o, _) => o, Presets)
        .AddInteger("image_size", 1, (o, side) => Change(o, e => e with
        {
            Images = CocoBenchmarkOptions.Quick(configuration.Student.PatchSize, side, CoarsestStride(configuration)).Images with { Normalisation = e.Images.Normalisation },
        }))
        .AddInteger("batch_size", 1, (o, value) => Train(o, t => t with { BatchSize = value }))
        .AddInteger("epochs", 1, (o, value) => Train(o, t => t with { Epochs = value, Iterations = null }))
        .AddInteger("iterations", 1, (o, value) => Train(o, t => t with { Iterations = value }))
        .AddList("decay_epochs", "whole numbers of at least 1 with commas between", OptionTable<int>.Count, (o, epochs) => Train(o, t => t with { DecayEpochs = [.. epochs] }))
        .AddInteger("warmup_iterations", 0, (o, value) => Train(o, t => t with { WarmupIterations = value }))
        .AddNumber("learning_rate", "a number above 0", (o, value) => Train(o, t => t with { LearningRate = value }))
        .AddNumber("layer_decay", "a number above 0", (o, value) => Train(o, t => t with { LayerDecayRate = value }))
        .AddNumber("weight_decay", "a number of at least 0", (o, value) => Train(o, t => t with { WeightDecay = value }))
        .AddNumber("drop_path", "a number in [0, 1)", (o, value) => Train(o, t => t with { DropPathRate = value is >= 0 and < 1 ? value : throw new FormatException() }))
        .AddFlag("decays_tokens", (o, value) => Train(o, t => t with { DecaysTokens = value }))
        .AddFlag("frozen", (o, value) => Train(o, t => t with { IsFrozen = value }))
        .AddFlag("masks", (o, value) => Change(o, e => e with { Detector = e.Detector with { HasMasks = value } }))
        .AddList("max_detections", "three whole numbers with commas between, such as 1,10,100", OptionTable<int>.Count, (o, limits) =>
            Change(o, e => e with { MaxDetections = limits.Count == 3 ? [.. limits] : throw new FormatException() }))
        .AddInteger("seed", 0, (o, value) => Train(o, t => t with { Seed = value }))
        .AddInteger("checkpoint_every", 1, (o, value) => Train(o, t => t with { CheckpointEvery = value }))
        .AddInteger("pictures", 0, (o, value) => o with { Pictures = value })
        .AddNumber("picture_score", "a number in [0, 1]", (o, value) => o with { PictureScore = value is >= 0 and <= 1 ? value : throw new FormatException() });

    private static (string Word, bool Value)[] Presets { get; } = [("paper", false), ("quick", true)];

    /// <exception cref="PoaException">An option is unknown or its value cannot be used; both are named.</exception>
    public static CocoRequest Read(IReadOnlyDictionary<string, string> options, PoaConfiguration configuration, SubNetwork subNetwork)
    {
        var patch = configuration.Student.PatchSize;
        var quick = CocoBenchmarkOptions.Quick(patch, coarsest: CoarsestStride(configuration));
        var preset = options.GetValueOrDefault(Benchmarks.Preset) == "quick" ? quick : CocoBenchmarkOptions.Paper(subNetwork);
        // The paper pads to 32 pixels for patches of 16; for others the strides of their maps ask for other multiples.
        var divisor = preset.Images.PadDivisor % quick.Images.PadDivisor == 0 ? preset.Images.PadDivisor : quick.Images.PadDivisor;
        return Table(configuration).Read(
            new CocoRequest(preset with
            {
                Training = preset.Training with { LoaderThreads = EvaluationRun.LoaderThreads },
                Images = preset.Images with { PadDivisor = divisor, Normalisation = new Normalisation(configuration.Augmentation.Mean, configuration.Augmentation.StandardDeviation) },
            }),
            options,
            request => request.Evaluation.Validate());
    }

    /// <summary>Stride of the last stage; null for a ViT, whose pyramid has rules of its own.</summary>
    private static int? CoarsestStride(PoaConfiguration configuration) => configuration.Student.Architecture switch
    {
        ArchitectureFamily.Swin => configuration.Student.PatchSize * SwinArchitecture.Reduction,
        ArchitectureFamily.ResNet => ResNetArchitecture.StemStride * configuration.ResNetArchitecture().Reduction,
        _ => null,
    };

    private static CocoRequest Train(CocoRequest request, Func<CocoTrainingOptions, CocoTrainingOptions> change) =>
        Change(request, e => e with { Training = change(e.Training) });

    private static CocoRequest Change(CocoRequest request, Func<CocoBenchmarkOptions, CocoBenchmarkOptions> change) => request with { Evaluation = change(request.Evaluation) };
}
