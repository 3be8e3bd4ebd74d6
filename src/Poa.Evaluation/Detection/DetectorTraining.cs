using System.Text.Json;
using Poa.Elastic;
using Poa.Evaluation.Dense.Optimisation;
using Poa.Evaluation.Dense.Training;
using Poa.Evaluation.Detection.Data;
using Poa.Evaluation.Detection.Networks;

namespace Poa.Evaluation.Detection;

/// <summary>The training run of a detector.</summary>
/// <param name="options">All settings.</param>
/// <param name="subNetwork">The backbone.</param>
/// <param name="dataset">The set.</param>
/// <param name="images">Places of the images that training visits.</param>
/// <param name="weightsSha256">Hash of the backbone's weights.</param>
internal sealed class DetectorTraining(
    CocoBenchmarkOptions options, SubNetwork subNetwork, CocoDetectionDataset dataset, IReadOnlyList<int> images, string weightsSha256)
{
    private readonly CocoTrainingOptions training = options.Training;

    /// <summary>Hash of the backbone's weights.</summary>
    public string WeightsSha256 => weightsSha256;

    /// <summary>Steps of an epoch.</summary>
    public long IterationsPerEpoch => training.IterationsPerEpoch(images.Count);

    /// <summary>Steps of the run.</summary>
    public long Iterations => training.Iterations ?? (training.Epochs * IterationsPerEpoch);

    /// <summary>Trains from the last checkpoint, or from the start, to the last step.</summary>
    public FineTuningOutcome Train(
        Detector detector, string folder, Action<EvaluationProgress>? onProgress, FineTuningCallbacks callbacks, CancellationToken cancellationToken)
    {
        var samples = new DetectionSamples(dataset, options.Images, options.Detector.HasMasks);
        using var batches = new DetectionBatchFiller(samples, images, training.BatchSize, training.Seed);
        var tuner = new FineTuner<DetectionBatchFiller.Buffer, object>(
            detector,
            batches,
            new LayerDecay
            {
                LearningRate = training.LearningRate,
                WeightDecay = training.WeightDecay,
                Rate = training.LayerDecayRate,
                DecaysTokens = training.DecaysTokens,
            }.Groups(detector, detector.backbone),
            new StepSchedule
            {
                Epochs = training.DecayEpochs,
                IterationsPerEpoch = IterationsPerEpoch,
                Gamma = training.DecayFactor,
                WarmupIterations = training.WarmupIterations,
                WarmupRatio = training.WarmupRatio,
            },
            new()
            {
                Seed = training.Seed,
                Iterations = Iterations,
                CheckpointEvery = training.CheckpointEvery ?? IterationsPerEpoch,
                CheckpointFolder = folder,
                Description = Description(),
                LoaderThreads = training.LoaderThreads,
            },
            callbacks with
            {
                Progressed = progress =>
                {
                    onProgress?.Invoke(new($"training on {subNetwork}", progress.Done, progress.Total, progress.ImagesPerSecond, "steps"));
                    callbacks.Progressed?.Invoke(progress);
                },
            });
        return tuner.Run(cancellationToken);
    }

    /// <summary>What decides the trained weights; threads and checkpoints do not.</summary>
    private string Description() => JsonSerializer.Serialize(new
    {
        Benchmark = CocoBenchmarkEvaluator.Benchmark,
        SubNetwork = subNetwork.ToString(),
        Weights = weightsSha256,
        Data = dataset.Fingerprint,
        options.Detector,
        options.Images,
        Training = training with { LoaderThreads = 0, CheckpointEvery = null },
    });
}
