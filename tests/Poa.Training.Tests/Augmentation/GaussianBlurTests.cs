using Poa.Elastic;
using Poa.Training.Augmentation;
using Xunit;

namespace Poa.Training.Tests.Augmentation;

public sealed class GaussianBlurTests
{
    [Theory]
    [InlineData(28, 9, 0.1)]
    [InlineData(28, 9, 2.0)]
    [InlineData(13, 9, 0.7)]
    [InlineData(5, 9, 1.3)]
    [InlineData(3, 9, 1.3)]
    [InlineData(1, 9, 1.0)]
    [InlineData(33, 5, 1.1)]
    public void Apply_AnySize_IsTheTwoDimensionalConvolutionWithMirroredBorder(int size, int kernelSize, double sigma)
    {
        var random = Randomness.For(size, RandomPurpose.Testing);
        var pixels = new byte[size * size * 4];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)random.NextInt32(256);
        }

        var expected = BlurSlowly(pixels, size, kernelSize, sigma);
        new GaussianBlur().Apply(pixels, size, kernelSize, sigma);

        for (var i = 0; i < pixels.Length; i++)
        {
            // Half a step of rounding, and a hair for single precision.
            Assert.True(Math.Abs(expected[i] - pixels[i]) <= 0.5001, $"value {i}: {pixels[i]} for {expected[i]}");
        }
    }

    [Fact]
    public void Apply_FlatImage_ChangesNothing()
    {
        var pixels = Enumerable.Repeat((byte)173, 20 * 20 * 4).ToArray();
        new GaussianBlur().Apply(pixels, 20, 9, 1.7);
        Assert.All(pixels, p => Assert.Equal(173, p));
    }

    private static double[] BlurSlowly(byte[] pixels, int size, int kernelSize, double sigma)
    {
        var radius = kernelSize / 2;
        var result = new double[pixels.Length];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (y, x, c) = (i / 4 / size, i / 4 % size, i % 4);
            double sum = 0, weights = 0;
            for (var v = -radius; v <= radius; v++)
            {
                for (var u = -radius; u <= radius; u++)
                {
                    var weight = Math.Exp(-((u * u) + (v * v)) / (2 * sigma * sigma));
                    sum += weight * pixels[(((Mirror(y + v, size) * size) + Mirror(x + u, size)) * 4) + c];
                    weights += weight;
                }
            }

            result[i] = sum / weights;
        }

        return result;
    }

    private static int Mirror(int position, int size)
    {
        while (size > 1 && (position < 0 || position >= size))
        {
            position = position < 0 ? -position : (2 * (size - 1)) - position;
        }

        return size == 1 ? 0 : position;
    }
}
