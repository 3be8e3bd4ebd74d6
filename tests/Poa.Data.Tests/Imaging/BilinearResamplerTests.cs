using Poa.Data.Imaging;
using Poa.Elastic;
using Xunit;

namespace Poa.Data.Tests.Imaging;

public sealed class BilinearResamplerTests
{
    [Theory]
    [InlineData(7, 5, 13, 11)]
    [InlineData(16, 9, 5, 4)]
    [InlineData(3, 1, 8, 2)]
    public void Resize_AnySize_IsWithinOneOfTheFormulaInDouble(int width, int height, int newWidth, int newHeight)
    {
        var image = Noise(width, height);
        var target = new byte[newWidth * newHeight * RgbImage.BytesPerPixel];

        BilinearResampler.Resize(image, newWidth, newHeight, new PixelBox(0, 0, newWidth, newHeight), target);

        for (var y = 0; y < newHeight; y++)
        {
            for (var x = 0; x < newWidth; x++)
            {
                for (var channel = 0; channel < 3; channel++)
                {
                    var expected = Sample(image, ((x + 0.5) * width / newWidth) - 0.5, ((y + 0.5) * height / newHeight) - 0.5, channel);
                    Assert.InRange(target[(((y * newWidth) + x) * RgbImage.BytesPerPixel) + channel] - expected, -1, 1);
                }
            }
        }
    }

    [Fact]
    public void Resize_SameSize_KeepsEveryPixel()
    {
        var image = Noise(6, 4);
        var target = new byte[image.ByteCount];

        BilinearResampler.Resize(image, 6, 4, new PixelBox(0, 0, 6, 4), target);

        Assert.All(Enumerable.Range(0, target.Length).Where(i => i % 4 != 3), i => Assert.Equal(image.Pixels[i], target[i]));
    }

    [Fact]
    public void Resize_Window_IsThatPartOfTheWhole()
    {
        var image = Noise(9, 8);
        var whole = new byte[20 * 17 * RgbImage.BytesPerPixel];
        var part = new byte[6 * 5 * RgbImage.BytesPerPixel];

        BilinearResampler.Resize(image, 20, 17, new PixelBox(0, 0, 20, 17), whole);
        BilinearResampler.Resize(image, 20, 17, new PixelBox(13, 4, 6, 5), part);

        for (var row = 0; row < 5; row++)
        {
            Assert.Equal(whole.AsSpan((((4 + row) * 20) + 13) * 4, 24), part.AsSpan(row * 24, 24));
        }
    }

    private static double Sample(RgbImage image, double x, double y, int channel)
    {
        (x, y) = (Math.Clamp(x, 0, image.Width - 1), Math.Clamp(y, 0, image.Height - 1));
        var (left, top) = ((int)x, (int)y);
        double At(int column, int row) =>
            image.Pixels[(((Math.Min(row, image.Height - 1) * image.Width) + Math.Min(column, image.Width - 1)) * RgbImage.BytesPerPixel) + channel];
        var above = At(left, top) + ((At(left + 1, top) - At(left, top)) * (x - left));
        var below = At(left, top + 1) + ((At(left + 1, top + 1) - At(left, top + 1)) * (x - left));
        return above + ((below - above) * (y - top));
    }

    private static RgbImage Noise(int width, int height)
    {
        var random = Randomness.For(3, RandomPurpose.Testing);
        return new RgbImage(width, height, [.. Enumerable.Range(0, width * height * RgbImage.BytesPerPixel).Select(_ => (byte)random.NextInt32(256))]);
    }
}
