using Poa.Data.Segmentation;
using Poa.Elastic;
using Xunit;

namespace Poa.Data.Tests.Segmentation;

public sealed class PhotometricDistortionTests
{
    private static readonly PhotometricDistortion Nothing = new() { BrightnessDelta = 0, MinimumFactor = 1, MaximumFactor = 1, HueDelta = 0 };

    [Fact]
    public void Apply_BrightnessOnly_AddsOneNumberToAllHalfOfTheTime()
    {
        var shifts = Enumerable.Range(0, 400).Select(seed =>
        {
            var pixels = Run(Nothing with { BrightnessDelta = 32 }, seed, [100, 120, 140, 0, 60, 80, 100, 0]);
            Assert.Equal(pixels[0] - 100, pixels[5] - 80);
            return pixels[0] - 100;
        }).ToArray();

        Assert.InRange(shifts.Count(s => s != 0), 150, 250);
        Assert.InRange(shifts.Min(), -32, -28);
        Assert.InRange(shifts.Max(), 28, 32);
    }

    [Fact]
    public void Apply_ContrastOnly_ScalesAndClips()
    {
        var values = Enumerable.Range(0, 300).Select(seed => Run(Nothing with { MinimumFactor = 0.5, MaximumFactor = 1.5 }, seed, [200, 200, 200, 0])[0]).ToArray();

        // Grey has no saturation: only contrast shows.
        Assert.Equal(255, values.Max());
        Assert.InRange(values.Min(), 100, 110);
        Assert.InRange(values.Count(v => v == 200), 100, 200);
    }

    [Theory]
    [InlineData(255, 0, 0)]
    [InlineData(0, 255, 0)]
    [InlineData(0, 0, 255)]
    [InlineData(90, 200, 140)]
    public void Apply_HueOnly_TurnsTheColourAndKeepsItsLargestAndLeastValue(byte red, byte green, byte blue)
    {
        byte[] colour = [red, green, blue, 0];
        var turned = Enumerable.Range(0, 100).Select(seed => Run(Nothing with { HueDelta = 18 }, seed, colour)).Where(p => !p.AsSpan(0, 3).SequenceEqual(colour.AsSpan(0, 3))).ToArray();

        Assert.True(turned.Length > 30);
        Assert.All(turned, pixel =>
        {
            Assert.InRange(pixel[..3].Max() - colour[..3].Max(), -1, 1);
            Assert.InRange(pixel[..3].Min() - colour[..3].Min(), -1, 1);
        });
    }

    [Fact]
    public void Apply_SaturationOnly_MovesColoursTowardsOrAwayFromGrey()
    {
        // Contrast and saturation share their bounds; the brightest value tells contrast, the spread relative to it saturation.
        var shares = Enumerable.Range(0, 300)
            .Select(seed => Run(Nothing with { MinimumFactor = 0.5, MaximumFactor = 0.9 }, seed, [160, 120, 80, 0]))
            .Select(p => (p[0] - p[2]) / (double)p[0])
            .ToArray();

        Assert.InRange(shares.Max(), 0.48, 0.52);
        Assert.InRange(shares.Min(), 0.23, 0.29);
    }

    private static byte[] Run(PhotometricDistortion distortion, long seed, byte[] pixels)
    {
        byte[] copy = [.. pixels];
        distortion.Apply(copy, Randomness.For(seed, RandomPurpose.Testing));
        return copy;
    }
}
