namespace Poa.Evaluation.Features;

/// <summary>Features of the images of one set with their labels, in the same order.</summary>
public sealed class FeatureSet
{
    /// <exception cref="ArgumentException">The numbers of rows and labels differ, or there is no row.</exception>
    public FeatureSet(IFeatureRows rows, IReadOnlyList<int> labels)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(labels);
        if (rows.Count != labels.Count || rows.Count == 0)
        {
            throw new ArgumentException($"{rows.Count} feature rows with {labels.Count} labels: there must be as many of both, and at least one.");
        }

        (Rows, Labels) = (rows, labels);
    }

    /// <summary>The features [N, D].</summary>
    public IFeatureRows Rows { get; }

    /// <summary>Class index of each row.</summary>
    public IReadOnlyList<int> Labels { get; }
}
