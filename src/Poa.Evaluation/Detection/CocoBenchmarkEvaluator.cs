using System.Reflection;
using Poa.Data.Datasets;
using Poa.Elastic;
using Poa.Evaluation.Dense.Backbones;
using Poa.Evaluation.Dense.Training;
using Poa.Evaluation.Detection.Coco;
using Poa.Evaluation.Detection.Data;
using Poa.Evaluation.Detection.Networks;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection;

/// <summary>
/// COCO evaluation (arXiv 2408.01031 §4) of a sub-network: a Cascade Mask R-CNN on it is trained on one set and scored on another. Training goes on from
/// the last checkpoint in its folder, to the same figures on CPU, bit for bit. All work runs on the calling thread, beside loader threads and the
/// tensor library's own.
/// </summary>
public sealed class CocoBenchmarkEvaluator
{
    /// <summary>Name of the benchmark.</summary>
    public const string Benchmark = "coco";

    /// <summary>What was found in the test images, in COCO's results format: left in the folder of the checkpoints, to be drawn or scored elsewhere.</summary>
    public const string DetectionsFile = "detections.json";

    private readonly CocoBenchmarkOptions options;
    private readonly Action<EvaluationProgress>? onProgress;
    private readonly FineTuningCallbacks callbacks;
    private readonly Action<int, IReadOnlyList<CocoDetection>>? onDetected;

    /// <param name="options">How to evaluate.</param>
    /// <param name="onProgress">Told after every step and every image; the receiver thins it out.</param>
    /// <param name="callbacks">What training tells beside: losses, checkpoints.</param>
    /// <param name="onDetected">Told what was found in each test image, by its place in the set, best score first.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public CocoBenchmarkEvaluator(
        CocoBenchmarkOptions options,
        Action<EvaluationProgress>? onProgress = null,
        FineTuningCallbacks? callbacks = null,
        Action<int, IReadOnlyList<CocoDetection>>? onDetected = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (this.options, this.onProgress, this.callbacks, this.onDetected) = (options, onProgress, callbacks ?? new(), onDetected);
    }

    /// <summary>Trains a detector on a sub-network of a teacher and scores it.</summary>
    /// <param name="teacher">The intact network's weights, which are copied; its device is where the evaluation runs.</param>
    /// <param name="subNetwork">A cell of its grid.</param>
    /// <param name="train">Images to learn from.</param>
    /// <param name="test">Images to score, with the same categories.</param>
    /// <param name="checkpointFolder">Folder of this evaluation alone; made where it is not there.</param>
    /// <param name="cancellationToken">Stops after the step in progress, with a checkpoint, or between two images.</param>
    /// <exception cref="DatasetException">The sets' categories differ, an object has no mask, or no image is left to train on.</exception>
    /// <exception cref="UnreadableImageException">An image is damaged.</exception>
    /// <exception cref="FineTuningException">The folder's checkpoints are of another evaluation, or training diverged.</exception>
    public CocoBenchmarkResult Evaluate(
        ElasticBackbone teacher,
        SubNetwork subNetwork,
        CocoDetectionDataset train,
        CocoDetectionDataset test,
        string checkpointFolder,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        CategoryAgreement.Require(train, test);
        if (options.Detector.HasMasks)
        {
            train.RequireMasks();
            test.RequireMasksToScore();
        }

        var images = train.TrainingImages(options.Images.MinSide);
        var device = teacher.parameters().First().device;
        using var weights = ExtractedWeights.Of(teacher, subNetwork);
        using var detector = MakeDetector(weights, train.ClassNames.Count, device);
        var run = new DetectorTraining(options, subNetwork, train, images, weights.Sha256);
        var outcome = run.Train(detector, checkpointFolder, onProgress, callbacks, cancellationToken);

        var detections = Detect(detector, subNetwork, test, cancellationToken);
        detections.Write(Path.Combine(checkpointFolder, DetectionsFile));
        onProgress?.Invoke(new($"scoring of {subNetwork}", 0, detections.All.Count, 0, "detections"));
        return new(
            subNetwork.ToString(),
            Score(detections, CocoOverlapKind.Boxes, cancellationToken),
            options.Detector.HasMasks ? Score(detections.WithoutBoxes(), CocoOverlapKind.Masks, cancellationToken) : null,
            Protocol(train, test, images.Count, run, outcome, device));
    }

    private Detector MakeDetector(ExtractedWeights weights, int classes, Device device)
    {
        var backbone = DenseBackbones.Create(
            weights.Configuration,
            weights.Tensors,
            "the teacher",
            new()
            {
                IsFrozen = options.Training.IsFrozen,
                DropPathRate = options.Training.DropPathRate,
                Grid = options.Training.PositionGrid,
                PositionSkip = PositionSkip.EqualGrid,
                Seed = options.Training.Seed,
            },
            device);
        if (options.Images.PadDivisor % backbone.SizeDivisor != 0)
        {
            throw new ArgumentException(
                $"Detection: images are padded to a multiple of {options.Images.PadDivisor} pixels, which the network's patches of {backbone.SizeDivisor} pixels do not fit into; set {nameof(DetectionImageOptions.PadDivisor)} to a multiple of it.");
        }

        return new(backbone, classes, options.Detector, options.Training.Seed, device);
    }

    private CocoDetections Detect(Detector detector, SubNetwork subNetwork, CocoDetectionDataset test, CancellationToken cancellationToken)
    {
        var detections = new DetectionPass(detector, test, options.Images)
            .Run((done, rate) => onProgress?.Invoke(new($"detection by {subNetwork}", done, test.Count, rate)), onDetected, cancellationToken);
        return new(test.Annotations, detections, $"detections of {subNetwork}");
    }

    private DetectionFigures Score(CocoDetections detections, CocoOverlapKind kind, CancellationToken cancellationToken) => DetectionFigures.Of(
        new CocoEvaluator(new() { Kind = kind, MaxDetections = options.MaxDetections, Threads = TorchRuntime.Threads }).Evaluate(detections, cancellationToken));

    private CocoBenchmarkProtocol Protocol(
        CocoDetectionDataset train, CocoDetectionDataset test, int trainImages, DetectorTraining run, FineTuningOutcome outcome, Device device) => new()
        {
            Benchmark = Benchmark,
            Network = $"Cascade Mask R-CNN, {options.Detector.Stages.Length} stages, on a feature pyramid; backbone {(options.Training.IsFrozen ? "frozen" : "trained")}",
            Options = options,
            WeightsSha256 = run.WeightsSha256,
            Train = new(train.Name, train.Fingerprint, trainImages, 0),
            Test = new(test.Name, test.Fingerprint, test.Count, 0),
            Classes = test.ClassNames,
            Iterations = run.Iterations,
            IterationsPerEpoch = run.IterationsPerEpoch,
            SkippedIterations = outcome.Skipped,
            SoftwareVersion = typeof(CocoBenchmarkEvaluator).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
            Device = device.ToString(),
            Threads = TorchRuntime.Threads,
            Notes = outcome.Notes,
        };
}
