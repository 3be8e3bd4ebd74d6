using Poa.Actors.Abstractions;
using Poa.Data.Imaging;
using Poa.Elastic;
using Poa.Evaluation.Detection;

namespace Poa.Worker.Work.Runners;

/// <summary>Options of a COCO evaluation: a preset for the sub-network, and those of the work item over it.</summary>
internal static class CocoOptionsReader
{
    internal static OptionTable<CocoBenchmarkOptions> Table(PoaConfiguration configuration) => new OptionTable<CocoBenchmarkOptions>(Benchmarks.Coco)
        // The preset is taken before the table is read: it depends on the sub-network.
        .AddChoice(Benchmarks.Preset, (o, _) => o, Presets)
        .AddInteger("image_size", 1, (o, side) => o with { Images = CocoBenchmarkOptions.Quick(configuration.Student.PatchSize, side).Images with { Normalisation = o.Images.Normalisation } })
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
        .AddFlag("masks", (o, value) => o with { Detector = o.Detector with { HasMasks = value } })
        .AddList("max_detections", "three whole numbers with commas between, such as 1,10,100", OptionTable<int>.Count, (o, limits) =>
            o with { MaxDetections = limits.Count == 3 ? [.. limits] : throw new FormatException() })
        .AddInteger("seed", 0, (o, value) => Train(o, t => t with { Seed = value }))
        .AddInteger("checkpoint_every", 1, (o, value) => Train(o, t => t with { CheckpointEvery = value }));

    private static (string Word, bool Value)[] Presets { get; } = [("paper", false), ("quick", true)];

    /// <exception cref="PoaException">An option is unknown or its value cannot be used; both are named.</exception>
    public static CocoBenchmarkOptions Read(IReadOnlyDictionary<string, string> options, PoaConfiguration configuration, SubNetwork subNetwork)
    {
        var patch = configuration.Student.PatchSize;
        var quick = CocoBenchmarkOptions.Quick(patch);
        var preset = options.GetValueOrDefault(Benchmarks.Preset) == "quick" ? quick : CocoBenchmarkOptions.Paper(subNetwork);
        // The paper pads to 32 pixels for patches of 16; for others the strides of their maps ask for other multiples.
        var divisor = preset.Images.PadDivisor % quick.Images.PadDivisor == 0 ? preset.Images.PadDivisor : quick.Images.PadDivisor;
        return Table(configuration).Read(
            Train(preset, t => t with { LoaderThreads = EvaluationRun.LoaderThreads }) with
            {
                Images = preset.Images with { PadDivisor = divisor, Normalisation = new Normalisation(configuration.Augmentation.Mean, configuration.Augmentation.StandardDeviation) },
            },
            options,
            record => record.Validate());
    }

    private static CocoBenchmarkOptions Train(CocoBenchmarkOptions options, Func<CocoTrainingOptions, CocoTrainingOptions> change) =>
        options with { Training = change(options.Training) };
}
