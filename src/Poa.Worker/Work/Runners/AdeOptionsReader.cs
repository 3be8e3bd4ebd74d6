using System.Globalization;
using Poa.Actors.Abstractions;
using Poa.Data.Imaging;
using Poa.Data.Segmentation;
using Poa.Elastic;
using Poa.Evaluation.Segmentation;

namespace Poa.Worker.Work.Runners;

/// <summary>What a request says about an ADE20K evaluation.</summary>
/// <param name="Evaluation">How to evaluate.</param>
/// <param name="Classes">Classes of the set; null to take those that its list of classes has.</param>
/// <param name="ReducesZeroLabel">Whether label 0 means unlabelled.</param>
/// <param name="Pictures">How many validation images are drawn.</param>
internal sealed record AdeRequest(
    AdeEvaluationOptions Evaluation, int? Classes = null, bool ReducesZeroLabel = true, int Pictures = EvaluationRun.DefaultPictures);

/// <summary>Options of an ADE20K evaluation: a preset for the sub-network, and those of the work item over it.</summary>
internal static class AdeOptionsReader
{
    private const string Head = "head";

    internal static OptionTable<AdeRequest> Table { get; } = new OptionTable<AdeRequest>(Benchmarks.Ade20k)
        // Preset and head are taken before the table is read: they depend on the sub-network.
        .AddChoice(Benchmarks.Preset, (o, _) => o, ("paper", false), ("quick", true))
        .AddChoice(Head, (o, head) => Change(o, e => e with { Head = head }), ("linear", AdeHead.Linear), ("upernet", AdeHead.UperNet))
        .AddInteger("classes", 1, (o, value) => o with { Classes = value })
        .AddFlag("reduce_zero_label", (o, value) => o with { ReducesZeroLabel = value })
        .AddInteger("crop_size", 1, (o, value) => Change(o, e => e with
        {
            Transform = e.Transform with { CropSize = value, ShortSide = value, LongSide = 4 * value },
            // The reference's windows of 512 pixels stand 341 apart.
            SlideStride = Math.Max(1, (int)(value * 341L / 512)),
        }))
        .AddInteger("slide_stride", 1, (o, value) => Change(o, e => e with { SlideStride = value }))
        .AddInteger("batch_size", 1, (o, value) => Change(o, e => e with { BatchSize = value }))
        .AddInteger("iterations", 1, (o, value) => Change(o, e => e with { Iterations = value }))
        .AddInteger("warmup_iterations", 0, (o, value) => Change(o, e => e with { WarmupIterations = value }))
        .AddNumber("learning_rate", "a number above 0", (o, value) => Change(o, e => e with { LearningRate = value }))
        .Add("layer_decay", "a number in (0, 1], or none", (o, text) => Change(o, e => e with { LayerDecayRate = text == "none" ? null : OptionTable<int>.Number(text) }))
        .AddNumber("weight_decay", "a number of at least 0", (o, value) => Change(o, e => e with { WeightDecay = value }))
        .AddNumber("drop_path", "a number in [0, 1)", (o, value) => Change(o, e => e with { DropPathRate = value }))
        .AddFlag("decays_tokens", (o, value) => Change(o, e => e with { DecaysTokens = value }))
        .AddInteger("head_channels", 1, (o, value) => Change(o, e => e with { HeadChannels = value }))
        .AddChoice("loss_average", (o, value) => Change(o, e => e with { LossAverage = value }), ("all", PixelAverage.All), ("labelled", PixelAverage.Labelled))
        .AddInteger("seed", 0, (o, value) => Change(o, e => e with { Seed = value }))
        .AddInteger("checkpoint_every", 1, (o, value) => Change(o, e => e with { CheckpointEvery = value }))
        .AddInteger("pictures", 0, (o, value) => o with { Pictures = value });

    /// <exception cref="PoaException">An option is unknown or its value cannot be used; both are named.</exception>
    public static AdeRequest Read(IReadOnlyDictionary<string, string> options, PoaConfiguration configuration, SubNetwork subNetwork)
    {
        var isQuick = options.GetValueOrDefault(Benchmarks.Preset) == "quick";
        var preset = (isQuick, options.GetValueOrDefault(Head)) switch
        {
            (false, "upernet") => AdeEvaluationOptions.UperNet(subNetwork.Width),
            (false, _) => AdeEvaluationOptions.Linear(subNetwork.Width),
            _ => AdeEvaluationOptions.Quick(configuration.Student.PatchSize),
        };
        return Table.Read(
            new AdeRequest(preset with
            {
                LoaderThreads = EvaluationRun.LoaderThreads,
                Transform = preset.Transform with { Normalisation = new Normalisation(configuration.Augmentation.Mean, configuration.Augmentation.StandardDeviation) },
            }),
            options,
            request =>
            {
                request.Evaluation.Validate();
                var crop = request.Evaluation.Transform.CropSize;
                if (crop % configuration.Student.PatchSize != 0)
                {
                    throw new ArgumentException($"ADE20K: crop_size is {crop}; it must be a multiple of the patch size {configuration.Student.PatchSize}.");
                }
            });
    }

    /// <summary>How the label maps of a set are read: with the classes asked for, else those that the set's one list <c>objectInfoN.txt</c> has, else ADE20K's 150.</summary>
    public static SegmentationSetOptions SetOptions(AdeRequest request, string folder)
    {
        var set = new SegmentationSetOptions { ReducesZeroLabel = request.ReducesZeroLabel };
        return (request.Classes ?? Listed(folder)) is { } classes ? set with { Classes = classes } : set;
    }

    private static int? Listed(string folder)
    {
        const string Begin = "objectInfo";
        int[] found =
        [
            .. Directory.EnumerateFiles(folder, $"{Begin}*.txt")
                .Select(file => int.TryParse(Path.GetFileNameWithoutExtension(file).AsSpan(Begin.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
                .Where(number => number > 0),
        ];
        return found is [var only] ? only : null;
    }

    private static AdeRequest Change(AdeRequest request, Func<AdeEvaluationOptions, AdeEvaluationOptions> change) => request with { Evaluation = change(request.Evaluation) };
}
