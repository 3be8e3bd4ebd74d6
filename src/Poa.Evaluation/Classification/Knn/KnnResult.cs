namespace Poa.Evaluation.Classification.Knn;

/// <summary>The k-NN accuracy of one sub-network, or of the pixels.</summary>
/// <param name="Network">Name of the sub-network, or "pixels".</param>
/// <param name="Accuracies">One entry per k, in the order of the protocol.</param>
/// <param name="Protocol">How the figures came about.</param>
public sealed record KnnResult(string Network, IReadOnlyList<KnnAccuracy> Accuracies, KnnProtocol Protocol)
{
    /// <summary>The entry of one k.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such k in this result.</exception>
    public KnnAccuracy At(int k) => Accuracies.FirstOrDefault(a => a.K == k)
        ?? throw new ArgumentOutOfRangeException(nameof(k), k, $"This result holds k = {string.Join(", ", Accuracies.Select(a => a.K))}.");
}
