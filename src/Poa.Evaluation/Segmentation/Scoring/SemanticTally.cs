using Poa.Data.Segmentation;

namespace Poa.Evaluation.Segmentation.Scoring;

/// <summary>Counts pixels per class over the images of a set, as mmseg's metrics do. Ignored pixels count nowhere, whatever is predicted there.</summary>
/// <param name="classes">Number of classes.</param>
public sealed class SemanticTally(int classes)
{
    private readonly long[] intersection = new long[classes];
    private readonly long[] predicted = new long[classes];
    private readonly long[] labelled = new long[classes];

    /// <summary>Pixels of each class that are predicted as that class.</summary>
    public IReadOnlyList<long> Intersection => intersection;

    /// <summary>Pixels predicted as each class.</summary>
    public IReadOnlyList<long> Predicted => predicted;

    /// <summary>Pixels labelled as each class.</summary>
    public IReadOnlyList<long> Labelled => labelled;

    /// <summary>Pixels of each class's union of prediction and label.</summary>
    public IReadOnlyList<long> Union => [.. Enumerable.Range(0, classes).Select(c => predicted[c] + labelled[c] - intersection[c])];

    /// <summary>Counts one image.</summary>
    /// <param name="prediction">A class per pixel.</param>
    /// <param name="labels">A class or <see cref="LabelMap.Ignored"/> per pixel.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a class is out of range.</exception>
    public void Add(ReadOnlySpan<byte> prediction, ReadOnlySpan<byte> labels)
    {
        if (prediction.Length != labels.Length)
        {
            throw new ArgumentException($"There are {prediction.Length} predicted pixels and {labels.Length} labels.", nameof(prediction));
        }

        for (var i = 0; i < labels.Length; i++)
        {
            var (own, label) = (prediction[i], labels[i]);
            if (label == LabelMap.Ignored)
            {
                continue;
            }

            if (own >= classes || label >= classes)
            {
                throw new ArgumentException($"Pixel {i} is predicted as {own} and labelled {label}; there are {classes} classes.", nameof(prediction));
            }

            predicted[own]++;
            labelled[label]++;
            intersection[own] += own == label ? 1 : 0;
        }
    }

    /// <summary>The figures so far.</summary>
    public SemanticScores Scores()
    {
        var union = Union;
        double?[] iou = [.. intersection.Select((n, c) => Share(n, union[c]))];
        double?[] accuracy = [.. intersection.Select((n, c) => Share(n, labelled[c]))];
        return new(Share(intersection.Sum(), labelled.Sum()), Mean(iou), Mean(accuracy), iou, accuracy);
    }

    private static double? Share(long part, long whole) => whole == 0 ? null : (double)part / whole;

    private static double? Mean(double?[] values) => values.Average();
}
