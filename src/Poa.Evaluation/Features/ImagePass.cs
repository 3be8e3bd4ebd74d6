using System.Diagnostics;
using Poa.Data.Datasets;
using Poa.Data.Evaluation;
using Poa.Data.Imaging;
using static TorchSharp.torch;

namespace Poa.Evaluation.Features;

/// <summary>Takes the features of one output for a batch of images.</summary>
/// <param name="output">Which output of the extractor; 0 comes first for every batch.</param>
/// <param name="features_BD">Features [B, D]; not to be kept.</param>
/// <param name="labels">Class of each image.</param>
internal delegate void TakeFeatures(int output, Tensor features_BD, ReadOnlySpan<int> labels);

/// <summary>One pass over a set of images in its order: each is decoded once, and the features of all networks come from it.</summary>
internal sealed class ImagePass(IImageFeatures features, EvaluationTransform transform, EvaluationLoading loading)
{
    /// <returns>What was read.</returns>
    /// <exception cref="UnreadableImageException">An image is damaged and that is not allowed.</exception>
    /// <exception cref="DatasetException">No image could be read.</exception>
    public DataCard Run(IImageDataset dataset, string phase, TakeFeatures take, Action<EvaluationProgress>? progress, CancellationToken cancellationToken)
    {
        using var source = new EvaluationBatchSource(dataset, transform, loading);
        var started = Stopwatch.GetTimestamp();
        var last = -1;
        var used = 0;
        while (source.Next(cancellationToken) is { } batch)
        {
            if (batch.Count > 0)
            {
                Extract(batch, take);
                used += batch.Count;
                last = batch.Indices.Span[^1];
            }

            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            progress?.Invoke(new(phase, last + 1, dataset.Count, used / Math.Max(seconds, 1e-9)));
        }

        return used > 0
            ? new DataCard(dataset.Name, dataset.Fingerprint, used, source.Unreadable.Count)
            : throw new DatasetException($"None of the {dataset.Count} images of {dataset.Name} could be read; the first reason: {source.Unreadable[0].Message}");
    }

    private void Extract(ImageBatch batch, TakeFeatures take)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        features.Extract(BatchTensor.Images(batch, features.Device), (output, features_BD) => take(output, features_BD, batch.Labels.Span));
    }
}
