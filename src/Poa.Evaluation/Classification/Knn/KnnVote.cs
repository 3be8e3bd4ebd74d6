namespace Poa.Evaluation.Classification.Knn;

/// <summary>
/// The vote of the nearest neighbours: weights are the softmax of similarity / temperature over the neighbours for the
/// <em>largest</em> k asked for; for a smaller k the first k of these weights are summed per class, not renormalised
/// (so they add up to less than 1), as the authors' evaluation does. Computed in double precision.
/// </summary>
internal static class KnnVote
{
    /// <summary>Softmax of similarity / temperature.</summary>
    /// <param name="similarities">Similarities, the largest first.</param>
    /// <param name="temperature">Positive.</param>
    /// <param name="weights">Receives one weight per similarity.</param>
    public static void Weights(ReadOnlySpan<float> similarities, double temperature, Span<double> weights)
    {
        var sum = 0.0;
        for (var i = 0; i < similarities.Length; i++)
        {
            weights[i] = Math.Exp(((double)similarities[i] - similarities[0]) / temperature);
            sum += weights[i];
        }

        for (var i = 0; i < similarities.Length; i++)
        {
            weights[i] /= sum;
        }
    }

    /// <summary>How many classes stand before <paramref name="label"/>: those with more votes, and those with as many and a lower index.</summary>
    public static int RankOf(int label, ReadOnlySpan<double> votes)
    {
        var rank = 0;
        for (var other = 0; other < votes.Length; other++)
        {
            if (votes[other] > votes[label] || (votes[other] == votes[label] && other < label))
            {
                rank++;
            }
        }

        return rank;
    }
}
