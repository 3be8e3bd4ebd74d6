using CsCheck;
using Poa.Evaluation.Classification.Knn;

namespace Poa.Evaluation.Tests.Classification.Knn;

public sealed class NeighbourTableTests
{
    // Few distinct values, so that ties are the rule; signed zeros and infinities among them.
    private static readonly Gen<float> Similarity = Gen.OneOf(-1f, -0.5f, -0f, 0f, 0.25f, 0.5f, 1f, float.NegativeInfinity);

    [Fact]
    public void Offer_AnySlicing_KeepsTheLargestWithLowestIndices() =>
        Gen.Select(Similarity.Array[1, 200], Gen.Int[1, 40], Gen.Int[1, 70]).Sample((values, k, slice) =>
        {
            var table = new NeighbourTable(1, k);
            for (var first = 0; first < values.Length; first += slice)
            {
                table.Offer(0, values.AsSpan(first, Math.Min(slice, values.Length - first)), first);
            }

            var expected = values.Index().Where(v => v.Item > float.NegativeInfinity)
                .OrderByDescending(v => v.Item).ThenBy(v => v.Index).Take(k).ToArray();
            var (similarities, indices) = (new float[k], new int[k]);
            var found = table.Read(0, similarities, indices);

            Assert.Equal(expected.Select(v => v.Index), indices.Take(found));
            Assert.Equal(expected.Select(v => v.Item), similarities.Take(found));
        });

    [Fact]
    public void Thresholds_BufferFull_EqualTheKthSimilarity()
    {
        var table = new NeighbourTable(1, 2);

        table.Offer(0, [0.1f, 0.4f, 0.3f, 0.2f], 0);

        Assert.Equal(0.3f, table.Thresholds[0]);
    }
}
