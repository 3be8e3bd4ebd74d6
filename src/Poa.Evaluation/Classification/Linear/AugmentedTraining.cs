using System.Diagnostics;
using Poa.Data.Datasets;
using Poa.Data.Evaluation;
using Poa.Evaluation.Features;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Classification.Linear;

/// <summary>
/// Trains the classifiers of many sub-networks in one pass over freshly cropped images: every image is decoded and cropped once per step
/// for all of them. Classifiers that have come further, after a break, wait until the others have caught up.
/// </summary>
internal sealed class AugmentedTraining(
    ElasticBackbone teacher, IImageDataset train, long steps, LinearProbeOptions options, LinearCheckpoints? checkpoints = null)
{
    private readonly RandomCropTransform transform = new(options.CropSize, options.Crop, options.FlipProbability, options.Normalisation);

    private readonly RandomCropLoading loading = new()
    {
        BatchSize = options.BatchSize,
        PartSize = options.ForwardBatch,
        Seed = options.Seed,
        Threads = options.LoaderThreads,
        AllowUnreadable = options.AllowUnreadable,
    };

    /// <summary>Trains to the last step.</summary>
    /// <param name="heads">The classifiers of each sub-network.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Stops between two parts of a batch, with a checkpoint.</param>
    public void Run(IReadOnlyList<LinearHeads> heads, Action<EvaluationProgress>? progress, CancellationToken cancellationToken)
    {
        var saved = heads.ToDictionary(one => one, one => one.Steps);
        try
        {
            Train(heads, saved, progress, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Save(heads.Where(one => one.Steps != saved[one]), saved);
            throw;
        }
    }

    private void Train(
        IReadOnlyList<LinearHeads> heads, Dictionary<LinearHeads, long> saved, Action<EvaluationProgress>? progress, CancellationToken cancellationToken)
    {
        var first = heads.Min(h => h.Steps);
        var started = Stopwatch.GetTimestamp();
        using var source = new RandomCropBatchSource(train, transform, loading, first);
        LinearHeads[] active = [];
        BlockFeatures? features = null;
        for (var step = first; step < steps; step++)
        {
            LinearHeads[] due = [.. heads.Where(h => h.Steps == step)];
            if (features is null || !due.SequenceEqual(active))
            {
                active = due;
                features = new BlockFeatures(teacher, [.. due.Select(h => h.Network)], options);
            }

            Step(source, features, active, cancellationToken);
            if ((step + 1) % options.CheckpointEvery == 0 || step + 1 == steps)
            {
                Save(active, saved);
            }

            var images = (step + 1 - first) * options.BatchSize;
            progress?.Invoke(new(
                heads.Count == 1 ? $"linear probe of {heads[0].Network}" : $"linear probe of {heads.Count} sub-networks",
                (step + 1) * options.BatchSize, steps * options.BatchSize, images / Math.Max(Stopwatch.GetElapsedTime(started).TotalSeconds, 1e-9)));
        }
    }

    private void Save(IEnumerable<LinearHeads> some, Dictionary<LinearHeads, long> saved)
    {
        foreach (var one in some)
        {
            checkpoints?.Save(one);
            saved[one] = one.Steps;
        }
    }

    private void Step(RandomCropBatchSource source, BlockFeatures features, LinearHeads[] active, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var rows = features.Outputs.Select(output => empty(options.BatchSize, output.Width, device: features.Device)).ToArray();
        var labels = new int[options.BatchSize];
        var done = 0;
        for (var part = 0; part < source.PartsPerStep; part++)
        {
            using var partScope = NewDisposeScope();
            var batch = source.Next(cancellationToken);
            batch.Labels.Span.CopyTo(labels.AsSpan(done));
            features.Extract(BatchTensor.Images(batch, features.Device), (output, row_BF) =>
            {
                FeatureChecks.ThrowIfNotFiniteMatrix(row_BF, features.Outputs[output].Network);
                rows[output].narrow(0, done, batch.Count).copy_(row_BF);
            });
            done += batch.Count;
        }

        var labels_B = BatchTensor.Labels(labels, features.Device);
        foreach (var (one, row_BF) in active.Zip(rows))
        {
            one.Step(row_BF, labels_B);
        }
    }
}
