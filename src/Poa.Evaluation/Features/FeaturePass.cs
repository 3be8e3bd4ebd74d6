using Poa.Data.Datasets;
using Poa.Data.Evaluation;
using Poa.Data.Imaging;

namespace Poa.Evaluation.Features;

/// <summary>Features of one split: what was read, and one set per output of the extractor.</summary>
internal sealed record SplitFeatures(DataCard Data, IReadOnlyList<FeatureSet> Sets);

/// <summary>One pass over a set of images that puts the features of all networks into the store.</summary>
internal sealed class FeaturePass(IImageFeatures features, FeatureStore store, EvaluationTransform transform, EvaluationLoading loading)
{
    private readonly ImagePass pass = new(features, transform, loading);

    /// <inheritdoc cref="ImagePass.Run" path="/exception"/>
    public SplitFeatures Run(IImageDataset dataset, string split, Action<EvaluationProgress>? progress, CancellationToken cancellationToken)
    {
        var files = features.Outputs.Select(o => store.Create(o.Network, split, o.Width)).ToArray();
        var labels = new List<int>(dataset.Count);
        var card = pass.Run(
            dataset,
            $"features of {split}",
            (output, features_BD, batchLabels) =>
            {
                files[output].Append(features_BD);
                if (output == 0)
                {
                    labels.AddRange(batchLabels);
                }
            },
            progress,
            cancellationToken);
        return new(card, [.. files.Select(file => new FeatureSet(file, labels))]);
    }
}
