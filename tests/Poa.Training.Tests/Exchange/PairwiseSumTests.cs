using Poa.Training.Exchange;
using Xunit;

namespace Poa.Training.Tests.Exchange;

public sealed class PairwiseSumTests
{
    [Fact]
    public void Total_AnyWayToSpreadShards_AddsInTheSameOrder()
    {
        for (var total = 1; total <= 17; total++)
        {
            var alone = Written(total, 1);
            Assert.Equal(total, alone.Count(char.IsLetter));
            for (var world = 2; world <= total; world++)
            {
                Assert.Equal(alone, Written(total, world));
            }
        }
    }

    [Theory]
    [InlineData(4, "((a+b)+(c+d))")]
    [InlineData(7, "(((a+b)+(c+d))+((e+f)+g))")]
    public void Total_OfShards_PairsNeighbours(int total, string expected) => Assert.Equal(expected, Written(total, 1));

    [Fact]
    public void Of_AnyWorld_CoversAllShardsOnceAndEvenly()
    {
        for (var total = 1; total <= 12; total++)
        {
            for (var world = 1; world <= total; world++)
            {
                ShardRange[] ranges = [.. Enumerable.Range(0, world).Select(rank => ShardRange.Of(rank, world, total))];
                Assert.Equal(Enumerable.Range(0, total), ranges.SelectMany(range => Enumerable.Range(range.First, range.Count)));
                Assert.All(ranges, range => Assert.InRange(range.Count, total / world, (total + world - 1) / world));
            }
        }

        Assert.Contains("train.virtual_shards", Assert.Throws<ArgumentOutOfRangeException>(() => ShardRange.Of(0, 3, 2)).Message, StringComparison.Ordinal);
    }

    // The order of additions, written down: each member sums what it has, then all parts are summed.
    private static string Written(int total, int world)
    {
        var whole = Sum();
        for (var rank = 0; rank < world; rank++)
        {
            var range = ShardRange.Of(rank, world, total);
            var mine = Sum();
            for (var shard = range.First; shard < range.First + range.Count; shard++)
            {
                mine.Push(shard, new Box($"{(char)('a' + shard)}"));
            }

            foreach (var part in mine.Parts)
            {
                whole.Push(part.First, part.Value, part.Size);
            }
        }

        return whole.Total().Text;
    }

    private static PairwiseSum<Box> Sum() => new(static (left, right) => left.Text = $"({left.Text}+{right.Text})");

    private sealed class Box(string text)
    {
        public string Text { get; set; } = text;
    }
}
