using CsCheck;
using Poa.Data.Imaging;
using Poa.Elastic;
using Xunit;

namespace Poa.Data.Tests.Imaging;

public sealed class BicubicResamplerTests
{
    private static readonly Gen<(int Width, int Height, int Seed)> Images = Gen.Select(Gen.Int[1, 25], Gen.Int[1, 25], Gen.Int[0, 1000]);

    [Fact]
    public void Resize_AnyImage_EqualsPillowByteForByte()
    {
        var cases = Pillow.Cases("resize").ToList();
        Assert.NotEmpty(cases);
        foreach (var recorded in cases)
        {
            var source = Pillow.Image(recorded.GetProperty("width").GetInt32(), recorded.GetProperty("height").GetInt32(), recorded.GetProperty("pixels").GetBytesFromBase64());
            int[] box = [.. recorded.GetProperty("box").EnumerateArray().Select(e => e.GetInt32())];
            int[] size = [.. recorded.GetProperty("target").EnumerateArray().Select(e => e.GetInt32())];
            var target = new byte[size[0] * size[1] * 4];

            new BicubicResampler().Resize(source, new PixelBox(box[0], box[1], box[2], box[3]), size[0], size[1], target);

            Assert.Equal(recorded.GetProperty("result").GetBytesFromBase64(), Pillow.Rgb(target));
        }
    }

    [Fact]
    public void Resize_AnySizes_IsTheFormulaUpToRounding() =>
        Gen.Select(Images, Gen.Int[1, 30], Gen.Int[1, 30]).Sample(
            (image, width, height) =>
            {
                // Values so far from 0 and 255 that the kernel's overshoot is never clipped.
                var source = Noise(image.Width, image.Height, image.Seed, least: 64, greatest: 191);
                var target = new byte[width * height * 4];
                new BicubicResampler().Resize(source, new PixelBox(0, 0, image.Width, image.Height), width, height, target);

                // Each pass rounds by at most 1/2; the second one's weights sum to at most 5/4 in absolute value.
                var expected = ResizeSlowly(source, width, height);
                return Enumerable.Range(0, target.Length).All(i => i % 4 == 3 || Math.Abs(target[i] - expected[i]) <= 1.13);
            },
            iter: 60);

    [Fact]
    public void Resize_Window_EqualsThatPartOfTheWhole() =>
        Images.Sample(
            image =>
            {
                const int width = 23, height = 17;
                var source = Noise(image.Width, image.Height, image.Seed);
                var all = new PixelBox(0, 0, image.Width, image.Height);
                var whole = new byte[width * height * 4];
                var resampler = new BicubicResampler();
                resampler.Resize(source, all, width, height, whole);
                var part = new byte[9 * 5 * 4];
                resampler.Resize(source, all, width, height, new PixelBox(7, 11, 9, 5), part);
                for (var y = 0; y < 5; y++)
                {
                    if (!part.AsSpan(y * 36, 36).SequenceEqual(whole.AsSpan((((11 + y) * width) + 7) * 4, 36)))
                    {
                        return false;
                    }
                }

                return true;
            },
            iter: 50);

    [Fact]
    public void Resize_BoxOutsideTheImage_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BicubicResampler().Resize(Noise(4, 4, 1), new PixelBox(2, 0, 3, 4), 2, 2, new byte[16]));

    private static RgbImage Noise(int width, int height, int seed, int least = 0, int greatest = 255)
    {
        var random = Randomness.For(seed, RandomPurpose.Testing);
        var pixels = new byte[width * height * 4];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)random.NextInt32(least, greatest + 1);
        }

        return new RgbImage(width, height, pixels);
    }

    private static double[] ResizeSlowly(RgbImage source, int width, int height)
    {
        var result = new double[width * height * 4];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                for (var c = 0; c < 4; c++)
                {
                    var sum = 0.0;
                    var weights = 0.0;
                    for (var v = 0; v < source.Height; v++)
                    {
                        for (var u = 0; u < source.Width; u++)
                        {
                            var weight = Weight(x, u, source.Width, width) * Weight(y, v, source.Height, height);
                            sum += weight * source.Pixels[(((v * source.Width) + u) * 4) + c];
                            weights += weight;
                        }
                    }

                    result[(((y * width) + x) * 4) + c] = sum / weights;
                }
            }
        }

        return result;
    }

    /// <summary>Keys' kernel with a = -1/2, stretched where the image shrinks, at the distance of two pixel centres.</summary>
    private static double Weight(int to, int from, int input, int output)
    {
        var scale = (double)input / output;
        var x = Math.Abs((from + 0.5 - ((to + 0.5) * scale)) / Math.Max(scale, 1));
        return x < 1 ? (1.5 * x * x * x) - (2.5 * x * x) + 1 : x < 2 ? (-0.5 * x * x * x) + (2.5 * x * x) - (4 * x) + 2 : 0;
    }
}
