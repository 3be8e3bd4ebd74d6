using System.Diagnostics;
using System.Runtime.InteropServices;
using Poa.Data.Datasets;
using Poa.Data.Evaluation;
using Poa.Data.Imaging;
using static TorchSharp.torch;

namespace Poa.Evaluation.Features;

/// <summary>Features of one split: what was read, and one set per output of the extractor.</summary>
internal sealed record SplitFeatures(DataCard Data, IReadOnlyList<FeatureSet> Sets);

/// <summary>One pass over a set of images: each is decoded once, and the features of all networks go to the store.</summary>
internal sealed class FeaturePass(IImageFeatures features, FeatureStore store, EvaluationTransform transform, EvaluationLoading loading)
{
    /// <exception cref="UnreadableImageException">An image is damaged and that is not allowed.</exception>
    /// <exception cref="DatasetException">No image could be read.</exception>
    public SplitFeatures Run(IImageDataset dataset, string split, Action<EvaluationProgress>? progress, CancellationToken cancellationToken)
    {
        var files = features.Outputs.Select(o => store.Create(o.Network, split, o.Width)).ToArray();
        var labels = new List<int>(dataset.Count);
        using var source = new EvaluationBatchSource(dataset, transform, loading);
        var started = Stopwatch.GetTimestamp();
        var last = -1;
        while (source.Next(cancellationToken) is { } batch)
        {
            if (batch.Count > 0)
            {
                Extract(batch, files);
                labels.AddRange(batch.Labels.Span);
                last = batch.Indices.Span[^1];
            }

            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            progress?.Invoke(new($"features of {split}", last + 1, dataset.Count, labels.Count / Math.Max(seconds, 1e-9)));
        }

        if (labels.Count == 0)
        {
            throw new DatasetException($"None of the {dataset.Count} images of {dataset.Name} could be read; the first reason: {source.Unreadable[0].Message}");
        }

        var card = new DataCard(dataset.Name, dataset.Fingerprint, labels.Count, source.Unreadable.Count);
        return new(card, [.. files.Select(file => new FeatureSet(file, labels))]);
    }

    private void Extract(ImageBatch batch, FeatureFile[] files)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var images_BCHW = empty(batch.Count, 3, batch.Size, batch.Size);
        batch.Pixels.Span.CopyTo(MemoryMarshal.Cast<byte, float>(images_BCHW.bytes));
        features.Extract(images_BCHW.to(features.Device), (output, features_BD) => files[output].Append(features_BD));
    }
}
