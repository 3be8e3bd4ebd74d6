using System.Text;
using CsCheck;
using Poa.Evaluation.Detection.Coco;

namespace Poa.Evaluation.Tests.Detection.Coco;

/// <summary>Masks against the pixels they stand for.</summary>
public sealed class RunLengthMaskTests
{
    private static readonly Gen<(int Height, int Width)> Sizes = Gen.Select(Gen.Int[1, 12], Gen.Int[1, 12]);

    // Blocks as well as noise, so that long runs, full and empty masks come up.
    private static Gen<byte[]> Pixels(int length) => Gen.OneOf(
        Gen.Byte[0, 1].Array[length],
        Gen.Select(Gen.Int[0, length], Gen.Int[0, length], (a, b) => Enumerable.Range(0, length).Select(i => (byte)(i >= a && i < b ? 1 : 0)).ToArray()));

    [Fact]
    public void Encode_AnyPixels_SurvivesEveryForm() =>
        Sizes.SelectMany(size => Pixels(size.Height * size.Width).Select(pixels => (size, pixels))).Sample((size, pixels) =>
        {
            var mask = RunLengthMask.Encode(size.Height, size.Width, pixels);
            var (decoded, boxed) = (new byte[pixels.Length], mask.BoundingBox());
            mask.Decode(decoded);

            Assert.Equal(pixels, decoded);
            Assert.Equal(pixels.Count(p => p != 0), mask.Area);
            Assert.Equal(mask, RunLengthMask.FromCounts(size.Height, size.Width, mask.Counts));
            Assert.Equal(mask, RunLengthMask.FromText(size.Height, size.Width, Encoding.ASCII.GetBytes(mask.ToText())));
            Assert.Equal(SlowBox(pixels, size.Width), boxed);
        });

    [Fact]
    public void UnionAndIntersection_AnyPixels_EqualThoseOfThePixels() =>
        Sizes.SelectMany(size => Gen.Select(Pixels(size.Height * size.Width), Pixels(size.Height * size.Width), (a, b) => (size, a, b))).Sample((size, a, b) =>
        {
            var (first, second) = (RunLengthMask.Encode(size.Height, size.Width, a), RunLengthMask.Encode(size.Height, size.Width, b));
            byte[] union = [.. a.Zip(b, (x, y) => (byte)(x | y))];
            byte[] both = [.. a.Zip(b, (x, y) => (byte)(x & y))];

            Assert.Equal(RunLengthMask.Encode(size.Height, size.Width, union), RunLengthMask.Union(first, second));
            Assert.Equal(RunLengthMask.Encode(size.Height, size.Width, both), RunLengthMask.Intersection(first, second));
            Assert.Equal(both.Count(p => p != 0), first.IntersectionArea(second));
        });

    [Fact]
    public void FromCounts_EmptyRunsInside_AreJoined() =>
        Assert.Equal([2, 3, 1], RunLengthMask.FromCounts(2, 3, [2, 1, 0, 2, 1]).Counts.ToArray());

    [Fact]
    public void FromPolygon_CornerRepeatedAndOutside_StaysInTheImage()
    {
        var mask = RunLengthMask.FromPolygon(10, 8, [-5, -5, -5, -5, 40, -5, 40, 40, -5, 40]);

        Assert.Equal(80, mask.Area);
    }

    [Theory]
    [InlineData(new[] { 5, 6 }, "sum to 11")]
    [InlineData(new[] { 13 }, "sum to 13 or more")]
    [InlineData(new[] { 5, -1, 8 }, "negative length -1")]
    public void FromCounts_NotTheImage_SaysWhatIsWrong(int[] counts, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => RunLengthMask.FromCounts(3, 4, counts)).Message);

    [Theory]
    [InlineData("P", "end inside a number")]
    [InlineData("1 2", "character 1 of the compressed counts")]
    [InlineData("PPPPPPPP0", "more than 7 characters")]
    public void FromText_Damaged_SaysWhatIsWrong(string text, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => RunLengthMask.FromText(3, 4, Encoding.ASCII.GetBytes(text))).Message);

    [Fact]
    public void Union_OtherSize_Throws() =>
        Assert.Throws<ArgumentException>(() => RunLengthMask.Union(RunLengthMask.FromCounts(2, 2, [4]), RunLengthMask.FromCounts(1, 4, [4])));

    private static CocoBox SlowBox(byte[] pixels, int width)
    {
        var set = pixels.Index().Where(p => p.Item != 0).Select(p => (X: p.Index % width, Y: p.Index / width)).ToArray();
        return set.Length == 0
            ? default
            : new(set.Min(p => p.X), set.Min(p => p.Y), set.Max(p => p.X) - set.Min(p => p.X) + 1, set.Max(p => p.Y) - set.Min(p => p.Y) + 1);
    }
}
