using System.Numerics;

namespace Poa.Evaluation.Classification.Knn;

/// <summary>
/// The nearest neighbours found so far of a block of queries. Similarities are offered in slices of ascending training index;
/// the k largest are kept, and of equal ones those with the lower index. So the outcome does not depend on the slicing.
/// </summary>
/// <remarks>
/// Per query there is a buffer of 2 k keys and the similarity that a newcomer must exceed. A slice is compared with that
/// threshold in vectors; few values pass once the buffer has been filled. A full buffer is sorted and cut to k.
/// A key is one integer that sorts by falling similarity, then by rising index.
/// </remarks>
internal sealed class NeighbourTable
{
    private readonly int capacity;
    private readonly ulong[] keys;
    private readonly int[] counts;
    private readonly float[] thresholds;

    public NeighbourTable(int queries, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(queries, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        (Queries, K, capacity) = (queries, k, 2 * k);
        keys = new ulong[checked(queries * capacity)];
        counts = new int[queries];
        thresholds = new float[queries];
        Array.Fill(thresholds, float.NegativeInfinity);
    }

    public int Queries { get; }

    public int K { get; }

    /// <summary>What the next similarity of a query must exceed to count, -infinity as long as everything counts.</summary>
    public ReadOnlySpan<float> Thresholds => thresholds;

    /// <summary>Memory of the table for one query, in bytes.</summary>
    public static long BytesPerQuery(int k) => (2L * k * sizeof(ulong)) + sizeof(int) + sizeof(float);

    /// <summary>Offers a slice of similarities. Different queries may be offered to from different threads.</summary>
    /// <param name="query">Row of the table.</param>
    /// <param name="similarities">Similarity to the training rows from <paramref name="firstIndex"/> on.</param>
    /// <param name="firstIndex">Index of the first training row; higher than any offered to this query before.</param>
    public void Offer(int query, ReadOnlySpan<float> similarities, int firstIndex)
    {
        var i = 0;
        for (; i <= similarities.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var slice = new Vector<float>(similarities[i..]);
            if (Vector.GreaterThanAny(slice, new Vector<float>(thresholds[query])))
            {
                OfferEach(query, similarities.Slice(i, Vector<float>.Count), firstIndex + i);
            }
        }

        OfferEach(query, similarities[i..], firstIndex + i);
    }

    /// <summary>Offers one similarity; the order of indices is the same as for slices.</summary>
    public void Offer(int query, float similarity, int index)
    {
        if (similarity <= thresholds[query])
        {
            return;
        }

        keys[(query * capacity) + counts[query]++] = Key(similarity, index);
        if (counts[query] == capacity)
        {
            CutToK(query);
        }
    }

    /// <summary>Writes the neighbours of a query, nearest first.</summary>
    /// <returns>How many there are: k, or all that were offered if fewer.</returns>
    public int Read(int query, Span<float> similarities, Span<int> indices)
    {
        CutToK(query);
        for (var i = 0; i < counts[query]; i++)
        {
            (similarities[i], indices[i]) = FromKey(keys[(query * capacity) + i]);
        }

        return counts[query];
    }

    private void OfferEach(int query, ReadOnlySpan<float> similarities, int firstIndex)
    {
        for (var i = 0; i < similarities.Length; i++)
        {
            Offer(query, similarities[i], firstIndex + i);
        }
    }

    private void CutToK(int query)
    {
        var own = keys.AsSpan(query * capacity, counts[query]);
        own.Sort();
        if (own.Length >= K)
        {
            counts[query] = K;
            thresholds[query] = FromKey(own[K - 1]).Similarity;
        }
    }

    private static ulong Key(float similarity, int index)
    {
        // Adding zero turns -0 into +0, which equals it. Flipped this way, the bits of floats sort as the numbers do.
        var bits = BitConverter.SingleToUInt32Bits(similarity + 0f);
        var ascending = (bits & 0x8000_0000u) != 0 ? ~bits : bits | 0x8000_0000u;
        return ((ulong)~ascending << 32) | (uint)index;
    }

    private static (float Similarity, int Index) FromKey(ulong key)
    {
        var ascending = ~(uint)(key >> 32);
        var bits = (ascending & 0x8000_0000u) != 0 ? ascending & 0x7FFF_FFFFu : ~ascending;
        return (BitConverter.UInt32BitsToSingle(bits), (int)(uint)key);
    }
}
