using System.Diagnostics;
using System.Runtime.InteropServices;
using Poa.Data.Datasets;
using Poa.Data.Loading;
using Poa.Data.Segmentation;
using Poa.Elastic;
using Poa.Evaluation.Dense.Optimisation;
using Poa.Evaluation.Dense.Training;
using Poa.Evaluation.Segmentation.Scoring;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Segmentation;

/// <summary>
/// Semantic segmentation as the reference evaluates it on ADE20K: trains a head on a sub-network, or UperNet with it, and scores the
/// validation images by sliding window. Killed and called again with the same folder it goes on from its last checkpoint, to the same
/// figures bit for bit (on CPU with the same number of threads). All work runs on the calling thread, beside loader threads and the tensor
/// library's own.
/// </summary>
public sealed class AdeEvaluator
{
    /// <summary>Name of the benchmark with the linear head.</summary>
    public const string LinearBenchmark = "ade20k-linear";

    /// <summary>Name of the benchmark with UperNet.</summary>
    public const string UperNetBenchmark = "ade20k-upernet";

    private readonly AdeEvaluationOptions options;
    private readonly Action<EvaluationProgress>? onProgress;
    private readonly FineTuningCallbacks training;
    private readonly Action<int, LabelMap>? onFound;

    /// <param name="options">How to evaluate.</param>
    /// <param name="onProgress">Told of progress after every step and every scored image; the receiver thins it out.</param>
    /// <param name="training">Told of steps with their losses and of checkpoints; null for nothing.</param>
    /// <param name="onFound">Told the classes found in each validation image, of its own size, by its number.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public AdeEvaluator(
        AdeEvaluationOptions options, Action<EvaluationProgress>? onProgress = null, FineTuningCallbacks? training = null, Action<int, LabelMap>? onFound = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (this.options, this.onProgress, this.training, this.onFound) = (options, onProgress, training ?? new FineTuningCallbacks(), onFound);
    }

    /// <summary>Evaluates a sub-network of a teacher.</summary>
    /// <param name="teacher">The intact network's weights, which stay as they are; its device is where the evaluation runs.</param>
    /// <param name="subNetwork">A cell of its grid.</param>
    /// <param name="train">Images to train on.</param>
    /// <param name="validation">Images to score; the same classes.</param>
    /// <param name="checkpointFolder">Folder of this evaluation's checkpoints, of no other.</param>
    /// <param name="cancellationToken">Stops between two steps or windows, with a checkpoint.</param>
    /// <exception cref="ArgumentException">The sub-network is not on the grid, or the crop is no multiple of its patch size.</exception>
    /// <exception cref="DatasetException">The sets have different classes, or a label map is wrong; the message names it.</exception>
    /// <exception cref="UnreadableImageException">An image is damaged.</exception>
    /// <exception cref="FineTuningException">The folder's checkpoints are of another evaluation, or training does not stay finite.</exception>
    public AdeResult Evaluate(
        ElasticBackbone teacher,
        SubNetwork subNetwork,
        ISegmentationDataset train,
        ISegmentationDataset validation,
        string checkpointFolder,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        using var scope = NewDisposeScope();
        var weights = Extraction.PlainWeights(teacher, subNetwork);
        return Evaluate(
            Extraction.Configuration(teacher, subNetwork), weights, subNetwork.ToString(), train, validation, checkpointFolder,
            teacher.parameters().First().device, cancellationToken);
    }

    /// <summary>Evaluates an extracted network.</summary>
    /// <param name="configuration">Its shape.</param>
    /// <param name="weights">Its weights by the names of its weight file.</param>
    /// <param name="network">What to call it.</param>
    /// <param name="train">Images to train on.</param>
    /// <param name="validation">Images to score; the same classes.</param>
    /// <param name="checkpointFolder">Folder of this evaluation's checkpoints, of no other.</param>
    /// <param name="device">Where to compute; the CPU by default.</param>
    /// <param name="cancellationToken">Stops between two steps or windows, with a checkpoint.</param>
    /// <inheritdoc cref="Evaluate(ElasticBackbone, SubNetwork, ISegmentationDataset, ISegmentationDataset, string, CancellationToken)" path="/exception"/>
    public AdeResult Evaluate(
        PlainConfiguration configuration,
        IReadOnlyDictionary<string, Tensor> weights,
        string network,
        ISegmentationDataset train,
        ISegmentationDataset validation,
        string checkpointFolder,
        Device? device = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(validation);
        if (train.Classes != validation.Classes)
        {
            throw new DatasetException($"{train.Name} has {train.Classes} classes, {validation.Name} has {validation.Classes}. Both sets need the same.");
        }

        var builder = new AdeSetup(options, configuration, weights, network, device ?? CPU);
        var protocol = builder.Protocol(train, validation);
        using var segmenter = builder.Network(train.Classes);
        var outcome = Train(segmenter, train, AdeSetup.Describe(protocol), checkpointFolder, cancellationToken);
        var scores = Score(segmenter, validation, device ?? CPU, cancellationToken);
        return new(
            network,
            scores,
            validation.ClassNames ?? train.ClassNames,
            protocol with { SkippedSteps = outcome.Skipped, Notes = [.. protocol.Notes, .. outcome.Notes] });
    }

    private FineTuningOutcome Train(
        SegmentationNetwork network, ISegmentationDataset train, string description, string checkpointFolder, CancellationToken cancellationToken)
    {
        var groups = new LayerDecay
        {
            LearningRate = options.LearningRate,
            WeightDecay = options.WeightDecay,
            Rate = options.LayerDecayRate,
            DecaysTokens = options.DecaysTokens,
        }.Groups(network, network.backbone);
        var schedule = new PolySchedule
        {
            Iterations = options.Iterations,
            Power = options.Power,
            MinimumRate = options.MinimumLearningRate,
            WarmupIterations = options.WarmupIterations,
            WarmupRatio = options.WarmupRatio,
        };
        var tuner = new FineTuner<SegmentationBatch, CropWorkspace>(
            new SegmentationTask(network, options.AuxiliaryWeight, options.LossAverage),
            new SegmentationTrainingBatches(train, options.Transform, options.BatchSize, options.Seed),
            groups,
            schedule,
            new FineTuningOptions
            {
                Seed = options.Seed,
                Iterations = options.Iterations,
                CheckpointEvery = options.CheckpointEvery,
                CheckpointFolder = checkpointFolder,
                Description = description,
                LoaderThreads = options.LoaderThreads,
            },
            training with
            {
                Progressed = progress =>
                {
                    training.Progressed?.Invoke(progress);
                    onProgress?.Invoke(new("training", progress.Done, progress.Total, progress.ImagesPerSecond, "steps"));
                },
            });
        return tuner.Run(cancellationToken);
    }

    private SemanticScores Score(SegmentationNetwork network, ISegmentationDataset validation, Device device, CancellationToken cancellationToken)
    {
        network.eval();
        using var inference = inference_mode();
        var tally = new SemanticTally(validation.Classes);
        var slide = new SlidingWindow(options.Transform.CropSize, options.SlideStride);
        using var loader = new OrderedPrefetcher<SegmentationTestImage, CropWorkspace>(
            new SegmentationTestImages(validation, options.Transform), 0, validation.Count, options.LoaderThreads, ahead: 2, "segmentation");
        var (started, done) = (Stopwatch.GetTimestamp(), 0);
        while (loader.Next(cancellationToken) is { } image)
        {
            using var scope = NewDisposeScope();
            var pixels_1CHW = empty(1, 3, image.Height, image.Width);
            image.Pixels.CopyTo(MemoryMarshal.Cast<byte, float>(pixels_1CHW.bytes));
            var logits = slide.Logits(pixels_1CHW.to(device), validation.Classes, network.Logits, cancellationToken);
            var found = Segmenter.Classes(logits, image.Labels.Height, image.Labels.Width);
            tally.Add(found.bytes, image.Labels.Labels);
            onFound?.Invoke(done, new(image.Labels.Width, image.Labels.Height, found.bytes.ToArray()));
            onProgress?.Invoke(new("scoring", ++done, validation.Count, done / Math.Max(Stopwatch.GetElapsedTime(started).TotalSeconds, 1e-9)));
        }

        return tally.Scores();
    }
}
