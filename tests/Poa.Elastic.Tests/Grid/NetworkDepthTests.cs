using CsCheck;

namespace Poa.Elastic.Tests;

public sealed class NetworkDepthTests
{
    private static readonly Gen<NetworkDepth> Staged = Gen.Int[1, ushort.MaxValue].Array[4].Select(stages => new NetworkDepth(stages));

    [Fact]
    public void TryParse_OfItsText_GivesTheDepth() => Staged.Sample(depth =>
    {
        Assert.True(NetworkDepth.TryParse(depth.ToString(), out var parsed));
        Assert.Equal(depth, parsed);
        Assert.Equal(depth.Blocks, depth.Stages.Sum());
    });

    [Fact]
    public void CompareTo_OrdersByBlocksThenStageByStage() => Staged.Select(Staged).Sample((first, second) =>
    {
        var expected = first.Blocks != second.Blocks
            ? first.Blocks.CompareTo(second.Blocks)
            : first.Stages.Zip(second.Stages).Select(pair => pair.First.CompareTo(pair.Second)).FirstOrDefault(order => order != 0);
        Assert.Equal(Math.Sign(expected), Math.Sign(first.CompareTo(second)));
    });

    [Fact]
    public void Stages_SingleNumber_AreNone()
    {
        NetworkDepth depth = 12;
        Assert.Equal((12, true, "12"), (depth.Blocks, depth.Stages.IsEmpty, depth.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-3")]
    [InlineData("3-4")]
    [InlineData("3-4-6-0")]
    [InlineData("3-4-6-3-1")]
    [InlineData("3-4-6-70000")]
    [InlineData("3--4-6")]
    public void TryParse_NotADepth_IsFalse(string text) => Assert.False(NetworkDepth.TryParse(text, out _));

    [Theory]
    [InlineData(3, 4, 6)]
    [InlineData(3, 4, 6, 0)]
    [InlineData(3, 4, 6, 65536)]
    public void Constructor_NotFourStages_Throws(params int[] stages) => Assert.Throws<ArgumentException>(() => new NetworkDepth(stages));
}
