using CsCheck;

namespace Poa.Elastic.Tests;

public sealed class BlockSelectionTests
{
    private static readonly Gen<(int MaxDepth, int Depth)> Depths =
        from maxDepth in Gen.Int[1, 200]
        from depth in Gen.Int[1, maxDepth]
        select (maxDepth, depth);

    [Fact]
    public void KeptBlocks_AnyDepth_AreStrictlyIncreasingFromFirstToLast() => Depths.Sample(depths =>
    {
        var kept = BlockSelection.KeptBlocks(depths.MaxDepth, depths.Depth);
        Assert.Equal(depths.Depth, kept.Length);
        Assert.Equal(0, kept[0]);
        Assert.True(kept.Zip(kept.Skip(1)).All(pair => pair.First < pair.Second));
        Assert.Equal(depths.Depth == 1 ? 0 : depths.MaxDepth - 1, kept[^1]);
    });

    [Fact]
    public void KeptBlocks_AllOfThem_KeepsEveryBlock() => Gen.Int[1, 200].Sample(
        depth => Assert.Equal(Enumerable.Range(0, depth), BlockSelection.KeptBlocks(depth, depth)));

    [Fact]
    public void KeptBlocks_TwentyThreeOfThirtyOne_DiffersFromExactFloorByOneBlock()
    {
        var exact = Enumerable.Range(0, 23).Select(j => 30 * j / 22);
        Assert.Equal(1, BlockSelection.KeptBlocks(31, 23).Zip(exact).Count(pair => pair.First == pair.Second - 1));
    }

    [Theory]
    [InlineData(12, 0)]
    [InlineData(12, 13)]
    [InlineData(0, 1)]
    public void KeptBlocks_DepthOutOfRange_Throws(int maxDepth, int depth) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => BlockSelection.KeptBlocks(maxDepth, depth));
}
