using System.Diagnostics;
using System.Reflection;
using Poa.Data.Datasets;
using Poa.Data.Evaluation;
using Poa.Data.Imaging;
using Poa.Elastic;
using Poa.Evaluation.Features;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Classification.Knn;

/// <summary>
/// k-NN evaluation (arXiv 2408.01031 §4.1) of any selection of sub-networks in one pass over the data: every image is decoded
/// once, the features of all sub-networks come from the same shared weights and wait on disk until they are compared.
/// All work runs on the calling thread, beside loader threads and the tensor library's own.
/// </summary>
public sealed class KnnEvaluator
{
    /// <summary>Name of the benchmark on network features.</summary>
    public const string NetworkBenchmark = "knn";

    /// <summary>Name of the benchmark on raw pixels.</summary>
    public const string PixelBenchmark = "pixel-knn";

    private readonly KnnEvaluationOptions options;
    private readonly Action<KnnResult>? onResult;
    private readonly Action<EvaluationProgress>? onProgress;

    /// <param name="options">How to evaluate.</param>
    /// <param name="onResult">Told each result as soon as it is known, so that a killed evaluation keeps what it has found.</param>
    /// <param name="onProgress">Told of progress after every batch of images; the receiver thins it out.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public KnnEvaluator(KnnEvaluationOptions options, Action<KnnResult>? onResult = null, Action<EvaluationProgress>? onProgress = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Classifier.Validate();
        (this.options, this.onResult, this.onProgress) = (options, onResult, onProgress);
    }

    /// <summary>Evaluates sub-networks of a teacher on the features that the paper uses, the normalised class token.</summary>
    /// <param name="teacher">The intact network's weights; its device is where the evaluation runs.</param>
    /// <param name="subNetworks">Which sub-networks, each once.</param>
    /// <param name="train">Images whose labels are known to the classifier.</param>
    /// <param name="test">Images to classify; the same classes.</param>
    /// <param name="cancellationToken">Stops between two batches or tiles.</param>
    /// <returns>One result per sub-network, in their order.</returns>
    /// <exception cref="DatasetException">A set has no labels, or their classes differ.</exception>
    /// <exception cref="UnreadableImageException">An image is damaged and that is not allowed.</exception>
    /// <exception cref="IOException">The temporary folder has no room for the features.</exception>
    public IReadOnlyList<KnnResult> EvaluateNetworks(
        ElasticBackbone teacher,
        IReadOnlyList<SubNetwork> subNetworks,
        IImageDataset train,
        IImageDataset test,
        CancellationToken cancellationToken = default) =>
        Evaluate(NetworkBenchmark, new BackboneFeatures(teacher, subNetworks), options.Normalisation, train, test, cancellationToken);

    /// <summary>Evaluates the pixels themselves, in [0, 1], without a network: what a feature has to beat.</summary>
    /// <inheritdoc cref="EvaluateNetworks"/>
    public KnnResult EvaluatePixels(IImageDataset train, IImageDataset test, Device? device = null, CancellationToken cancellationToken = default)
    {
        var plain = new Normalisation([0, 0, 0], [1, 1, 1]);
        return Evaluate(PixelBenchmark, new PixelFeatures(options.CropSize, device), plain, train, test, cancellationToken)[0];
    }

    internal IReadOnlyList<KnnResult> Evaluate(
        string benchmark, IImageFeatures features, Normalisation normalisation, IImageDataset train, IImageDataset test, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        var classes = ClassAgreement.Require(train, test);
        var transform = new EvaluationTransform(options.ResizeSize, options.CropSize, normalisation);
        var loading = new EvaluationLoading { BatchSize = options.BatchSize, Threads = options.LoaderThreads, AllowUnreadable = options.AllowUnreadable };

        using var store = new FeatureStore(options.TemporaryFolder);
        store.RequireSpace(((long)train.Count + test.Count) * features.Outputs.Sum(o => (long)o.Width) * sizeof(float));
        var pass = new FeaturePass(features, store, transform, loading);
        var trainFeatures = pass.Run(train, "train", onProgress, cancellationToken);
        var testFeatures = pass.Run(test, "test", onProgress, cancellationToken);

        var protocol = Protocol(benchmark, features, transform, normalisation, trainFeatures.Data, testFeatures.Data, classes.Count);
        var results = new List<KnnResult>();
        foreach (var (i, output) in features.Outputs.Index())
        {
            var accuracies = Classify(output.Network, trainFeatures.Sets[i], testFeatures.Sets[i], classes.Count, features.Device, cancellationToken);
            results.Add(new(output.Network, accuracies, protocol));
            store.Release(output.Network);
            onResult?.Invoke(results[^1]);
        }

        return results;
    }

    private IReadOnlyList<KnnAccuracy> Classify(
        string network, FeatureSet train, FeatureSet test, int classes, Device device, CancellationToken cancellationToken)
    {
        var total = test.Rows.Count;
        var started = Stopwatch.GetTimestamp();
        void Report(double share)
        {
            var done = (long)(share * total);
            onProgress?.Invoke(new($"k-NN of {network}", done, total, done / Math.Max(Stopwatch.GetElapsedTime(started).TotalSeconds, 1e-9)));
        }

        return new KnnClassifier(train, classes, options.Classifier, device).Score(test, Report, cancellationToken);
    }

    private KnnProtocol Protocol(
        string benchmark, IImageFeatures features, EvaluationTransform transform, Normalisation normalisation, DataCard train, DataCard test, int classes) => new()
        {
            Benchmark = benchmark,
            Feature = features.Description,
            ResizeSize = transform.ResizeSize,
            CropSize = transform.CropSize,
            Mean = normalisation.Mean,
            Deviation = normalisation.Deviation,
            Neighbours = options.Classifier.Ks,
            Temperature = options.Classifier.Temperature,
            BatchSize = options.BatchSize,
            Train = train,
            Test = test,
            Classes = classes,
            CheckpointSha256 = benchmark == NetworkBenchmark ? options.CheckpointSha256 : null,
            UnreadableAllowed = options.AllowUnreadable,
            SoftwareVersion = typeof(KnnEvaluator).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
            Device = features.Device.ToString(),
            Threads = TorchRuntime.Threads,
            Notes = [.. options.Classifier.Ks.Where(k => k > train.Used).Select(k => $"k = {k} is more than the {train.Used} training images; all of them were used.")],
        };
}
