using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Evaluation.Classification.Linear;

namespace Poa.Worker.Work.Runners;

/// <summary>Options of a linear probe: a preset, image sizes of the run's configuration, and those of the work item over them.</summary>
internal static class LinearOptionsReader
{
    internal static OptionTable<LinearProbeOptions> Table(PoaConfiguration configuration) => new OptionTable<LinearProbeOptions>(Benchmarks.Linear)
        .AddChoice(Benchmarks.Preset, (_, preset) => Defaults(preset, configuration), ("paper", new LinearProbeOptions()), ("quick", LinearProbeOptions.Quick))
        .AddList("learning_rates", "different numbers above 0 with commas between", OptionTable<double>.Number, (o, rates) => o with { LearningRates = rates })
        .AddList("blocks", "different numbers in [1, 4] with commas between", OptionTable<int>.Count, (o, blocks) => o with { LastBlocks = blocks })
        .AddChoice("block_choice", (o, choice) => o with { Blocks = choice }, ("spaced", BlockChoice.Spaced), ("last", BlockChoice.Last))
        .AddList("avgpool", "false, true, or false,true", text => bool.TryParse(text, out var value) ? value : throw new FormatException(), (o, values) => o with { AveragePooling = values })
        .AddInteger("epochs", 1, (o, value) => o with { Epochs = value })
        .Add("epoch_length", "a whole number of at least 1, or pass", (o, text) => o with { EpochLength = text == "pass" ? null : OptionTable<int>.Count(text) })
        .AddInteger("batch_size", 1, (o, value) => o with { BatchSize = value })
        .AddInteger("forward_batch", 1, (o, value) => o with { ForwardBatch = value })
        .AddFlag("cached_features", (o, value) => o with { CachedFeatures = value })
        .AddInteger("image_size", 1, (o, value) => o with { CropSize = value })
        .AddInteger("resize_size", 1, (o, value) => o with { ResizeSize = value })
        .AddInteger("seed", 0, (o, value) => o with { Seed = value })
        .AddInteger("checkpoint_every", 1, (o, value) => o with { CheckpointEvery = value })
        .AddFlag("allow_unreadable", (o, value) => o with { AllowUnreadable = value });

    /// <exception cref="PoaException">An option is unknown or its value cannot be used; both are named.</exception>
    public static LinearProbeOptions Read(IReadOnlyDictionary<string, string> options, PoaConfiguration configuration) =>
        Table(configuration).Read(Defaults(new LinearProbeOptions(), configuration), options, record => record.Validate());

    private static LinearProbeOptions Defaults(LinearProbeOptions preset, PoaConfiguration configuration) =>
        preset.For(configuration) with { LoaderThreads = EvaluationRun.LoaderThreads };
}
