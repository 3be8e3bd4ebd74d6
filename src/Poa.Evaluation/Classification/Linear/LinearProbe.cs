using System.Reflection;
using Poa.Data.Datasets;
using Poa.Data.Evaluation;
using Poa.Data.Imaging;
using Poa.Elastic;
using Poa.Evaluation.Features;
using Poa.Networks;

namespace Poa.Evaluation.Classification.Linear;

/// <summary>
/// Linear probe of any selection of sub-networks (arXiv 2408.01031 §4.1 with the protocol of DINOv2, arXiv 2304.07193): linear
/// classifiers on frozen features, many settings at once, the best on the validation images reported with its setting. Images are
/// decoded once for all sub-networks of a pass. A sub-network's figures are the same whatever others are evaluated with it.
/// </summary>
/// <remarks>
/// The best setting is chosen on the images that give the figure, as in that protocol. DINOv2 also validates during training, for its
/// log only; here that is left out.
/// </remarks>
public sealed class LinearProbe
{
    /// <summary>Name of the benchmark.</summary>
    public const string Benchmark = "linear";

    private readonly LinearProbeOptions options;
    private readonly Action<LinearResult>? onResult;
    private readonly Action<EvaluationProgress>? onProgress;
    private readonly Action<string, string>? onCheckpoint;

    /// <param name="options">How to train and compare.</param>
    /// <param name="onResult">Told each result as soon as it is known, so that a killed evaluation keeps what it has found.</param>
    /// <param name="onProgress">Told of progress after every step; the receiver thins it out.</param>
    /// <param name="onCheckpoint">
    /// Told sub-network and folder of a checkpoint that is complete; a copy should be made within the call, on the thread that evaluates.
    /// </param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public LinearProbe(
        LinearProbeOptions options,
        Action<LinearResult>? onResult = null,
        Action<EvaluationProgress>? onProgress = null,
        Action<string, string>? onCheckpoint = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (this.options, this.onResult, this.onProgress, this.onCheckpoint) = (options, onResult, onProgress, onCheckpoint);
    }

    /// <summary>Evaluates sub-networks of a teacher.</summary>
    /// <param name="teacher">The intact network's weights, which stay as they are; its device is where the evaluation runs.</param>
    /// <param name="subNetworks">Which sub-networks, each once.</param>
    /// <param name="train">Images that the classifiers are trained on.</param>
    /// <param name="validation">Images on which they are compared; the same classes.</param>
    /// <param name="cancellationToken">Stops between two batches, with a checkpoint where checkpoints are kept.</param>
    /// <returns>One result per sub-network, in their order.</returns>
    /// <exception cref="DatasetException">A set has no labels, or their classes differ.</exception>
    /// <exception cref="UnreadableImageException">An image is damaged and that is not allowed.</exception>
    /// <exception cref="ArgumentException">No sub-network, one twice, or its features are not finite.</exception>
    /// <exception cref="FormatException">A sub-network is not on the grid.</exception>
    public IReadOnlyList<LinearResult> Evaluate(
        ElasticBackbone teacher, IReadOnlyList<SubNetwork> subNetworks, IImageDataset train, IImageDataset validation, CancellationToken cancellationToken = default)
    {
        Selection.Require(teacher, subNetworks);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(validation);
        var probe = new Run(this, teacher, train, validation, ClassAgreement.Require(train, validation).Count, cancellationToken);
        return options.CachedFeatures ? probe.Cached(subNetworks) : probe.Augmented(subNetworks);
    }

    /// <summary>One call of <see cref="Evaluate"/>.</summary>
    private sealed class Run(
        LinearProbe probe, ElasticBackbone teacher, IImageDataset train, IImageDataset validation, int classes, CancellationToken cancellationToken)
    {
        private readonly LinearProbeOptions options = probe.options;
        private readonly long steps = probe.options.StepsFor(train.Count);

        public List<LinearResult> Augmented(IReadOnlyList<SubNetwork> subNetworks)
        {
            var used = new DataCard(train.Name, train.Fingerprint, train.Count, 0);
            var results = new List<LinearResult>();
            foreach (var group in Groups(subNetworks))
            {
                var features = new BlockFeatures(teacher, group, options);
                var heads = Heads(group, features);
                var checkpoints = options.CheckpointFolder is { } folder
                    ? new LinearCheckpoints(folder, LinearCheckpoints.Describe(options, used, classes, steps, features.Device), probe.onCheckpoint)
                    : null;
                try
                {
                    heads.ForEach(one => checkpoints?.Resume(one));
                    new AugmentedTraining(teacher, train, steps, options, checkpoints).Run(heads, probe.onProgress, cancellationToken);
                    var card = new ImagePass(features, Transform(), Loading()).Run(
                        validation,
                        "validation",
                        (output, row_BF, labels) => heads[output].Count(row_BF, BatchTensor.Labels(labels, features.Device)),
                        probe.onProgress,
                        cancellationToken);
                    results.AddRange(heads.Select(one => Report(one, features, used, card)));
                }
                finally
                {
                    heads.ForEach(one => one.Dispose());
                }
            }

            return results;
        }

        public List<LinearResult> Cached(IReadOnlyList<SubNetwork> subNetworks)
        {
            var features = new BlockFeatures(teacher, subNetworks, options);
            using var store = new FeatureStore(options.TemporaryFolder);
            store.RequireSpace(((long)train.Count + validation.Count) * features.Outputs.Sum(o => (long)o.Width) * sizeof(float));
            var pass = new FeaturePass(features, store, Transform(), Loading());
            var trainFeatures = pass.Run(train, "train", probe.onProgress, cancellationToken);
            var validationFeatures = pass.Run(validation, "validation", probe.onProgress, cancellationToken);
            var training = new CachedTraining(options, features.Device);
            var results = new List<LinearResult>();
            foreach (var (i, subNetwork) in subNetworks.Index())
            {
                using var heads = Heads([subNetwork], features)[0];
                training.Train(heads, trainFeatures.Sets[i], steps, probe.onProgress, cancellationToken);
                training.Count(heads, validationFeatures.Sets[i], cancellationToken);
                results.Add(Report(heads, features, trainFeatures.Data, validationFeatures.Data));
                store.Release(subNetwork.ToString());
            }

            return results;
        }

        private List<LinearHeads> Heads(IReadOnlyList<SubNetwork> subNetworks, BlockFeatures features) =>
            [.. subNetworks.Select(s => new LinearHeads(s, WidthsOf(s), classes, steps, options, features.Device))];

        private LinearResult Report(LinearHeads heads, BlockFeatures features, DataCard trainCard, DataCard validationCard)
        {
            var accuracies = heads.Accuracies();
            // MaxBy keeps the first of equals.
            var result = new LinearResult(heads.Network.ToString(), accuracies.MaxBy(a => a.Top1)!, accuracies, new LinearProtocol
            {
                Options = options,
                Feature = features.Description,
                Steps = steps,
                Train = trainCard,
                Validation = validationCard,
                Classes = classes,
                SoftwareVersion = typeof(LinearProbe).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
                Device = features.Device.ToString(),
                Threads = TorchRuntime.Threads,
                Notes = Notes(heads.Network, WidthsOf(heads.Network).Count),
            });
            probe.onResult?.Invoke(result);
            return result;
        }

        private List<string> Notes(SubNetwork network, int levels)
        {
            var kind = teacher is ElasticViT ? "blocks" : "stages";
            return [.. options.LastBlocks.Where(n => n > levels).Select(n => $"Network {network} has {levels} of the {n} {kind} asked for; those were used.")];
        }

        private IReadOnlyList<int> WidthsOf(SubNetwork subNetwork) => BlockFeatures.Widths(teacher, subNetwork, options);

        private EvaluationTransform Transform() => new(options.ResizeSize, options.CropSize, options.Normalisation);

        private EvaluationLoading Loading() => new() { BatchSize = options.ForwardBatch, Threads = options.LoaderThreads, AllowUnreadable = options.AllowUnreadable };

        /// <summary>Splits a selection into groups whose classifiers and features fit into memory; in order.</summary>
        private List<List<SubNetwork>> Groups(IReadOnlyList<SubNetwork> subNetworks)
        {
            var groups = new List<List<SubNetwork>>();
            var room = 0L;
            foreach (var subNetwork in subNetworks)
            {
                var widths = WidthsOf(subNetwork);
                var bytes = LinearHeads.BytesFor(widths, classes, options) + ((long)options.BatchSize * BlockFeatures.RowWidth(widths) * sizeof(float));
                if (groups.Count == 0 || bytes > room)
                {
                    groups.Add([]);
                    room = options.PassBytes;
                }

                groups[^1].Add(subNetwork);
                room -= bytes;
            }

            return groups;
        }
    }
}
