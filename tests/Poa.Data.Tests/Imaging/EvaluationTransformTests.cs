using Poa.Data.Imaging;
using Poa.Testing;
using Xunit;

namespace Poa.Data.Tests.Imaging;

public sealed class EvaluationTransformTests
{
    [Fact]
    [Trait("Category", Golden.Trait)]
    public void Apply_GoldenSettings_ResizesCropsAndNormalises()
    {
        var facts = Golden.Json("augmentation.json");
        var evaluation = facts.GetProperty("eval_transform");
        Assert.Equal("bicubic", evaluation.GetProperty("interpolation").GetString());
        double[] mean = [.. facts.GetProperty("normalize").GetProperty("mean").EnumerateArray().Select(e => e.GetDouble())];
        double[] deviation = [.. facts.GetProperty("normalize").GetProperty("std").EnumerateArray().Select(e => e.GetDouble())];
        Assert.Equal(mean, Normalisation.ImageNet.Mean);
        Assert.Equal(deviation, Normalisation.ImageNet.Deviation);
        var resize = evaluation.GetProperty("resize_shorter_side").GetInt32();
        var crop = evaluation.GetProperty("center_crop").GetInt32();
        var transform = new EvaluationTransform(resize, crop, new Normalisation(mean, deviation));
        var image = Gradient(resize * 3 / 2, resize);

        var actual = new float[transform.OutputLength];
        transform.Apply(image, new EvaluationWorkspace(), actual);

        // The shorter side already has the wanted size, so only the centre is cut out: exact values are known.
        var left = (int)Math.Round((image.Width - crop) / 2.0);
        var top = (int)Math.Round((image.Height - crop) / 2.0);
        for (var c = 0; c < 3; c++)
        {
            for (var y = 0; y < crop; y++)
            {
                for (var x = 0; x < crop; x++)
                {
                    var value = image.Pixels[((((top + y) * image.Width) + left + x) * 4) + c] / 255.0;
                    Assert.Equal((value - mean[c]) / deviation[c], actual[(((c * crop) + y) * crop) + x], 1e-5);
                }
            }
        }
    }

    [Theory]
    [InlineData(28, 28, 32, 32)]
    [InlineData(500, 375, 341, 256)]
    [InlineData(375, 500, 256, 341)]
    [InlineData(3, 1000, 32, 10666)]
    public void ResizedSize_AnyImage_ScalesTheShorterSideAndTruncatesTheLonger(int width, int height, int expectedWidth, int expectedHeight)
    {
        var side = Math.Min(expectedWidth, expectedHeight);
        Assert.Equal((expectedWidth, expectedHeight), new EvaluationTransform(side, side).ResizedSize(width, height));
    }

    [Theory]
    [InlineData(7, 1)]
    [InlineData(1, 9)]
    [InlineData(33, 500)]
    public void Apply_AnyShape_EqualsResizingTheWholeAndCutting(int width, int height)
    {
        var transform = new EvaluationTransform(20, 17);
        var image = Gradient(width, height);
        var actual = new float[transform.OutputLength];
        transform.Apply(image, new EvaluationWorkspace(), actual);

        var (w, h) = transform.ResizedSize(width, height);
        var whole = new byte[w * h * 4];
        new BicubicResampler().Resize(image, new PixelBox(0, 0, width, height), w, h, whole);
        var left = (int)Math.Round((w - 17) / 2.0, MidpointRounding.ToEven);
        var top = (int)Math.Round((h - 17) / 2.0, MidpointRounding.ToEven);
        var cut = new byte[17 * 17 * 4];
        for (var y = 0; y < 17; y++)
        {
            whole.AsSpan((((top + y) * w) + left) * 4, 17 * 4).CopyTo(cut.AsSpan(y * 17 * 4));
        }

        var expected = new float[transform.OutputLength];
        Normalisation.ImageNet.Apply(cut, expected);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Constructor_CropLargerThanResize_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new EvaluationTransform(28, 32));

    private static RgbImage Gradient(int width, int height)
    {
        var pixels = new byte[width * height * 4];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(i * 37 % 251);
        }

        return new RgbImage(width, height, pixels);
    }
}
