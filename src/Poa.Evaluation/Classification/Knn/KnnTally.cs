namespace Poa.Evaluation.Classification.Knn;

/// <summary>Counts hits for one k. Safe for several threads: integer sums do not depend on their order.</summary>
internal sealed class KnnTally(int classCount)
{
    private readonly int[] images = new int[classCount];
    private readonly int[] firstHits = new int[classCount];
    private int topFiveHits;

    public void Add(int label, int rank)
    {
        Interlocked.Increment(ref images[label]);
        if (rank == 0)
        {
            Interlocked.Increment(ref firstHits[label]);
        }

        if (rank < 5)
        {
            Interlocked.Increment(ref topFiveHits);
        }
    }

    public KnnAccuracy Accuracy(int k, int neighboursUsed) => new(
        k,
        neighboursUsed,
        (double)firstHits.Sum() / images.Sum(),
        (double)topFiveHits / images.Sum(),
        [.. images.Zip(firstHits, (count, hits) => count == 0 ? (double?)null : (double)hits / count)]);
}
