using System.Text.Json;
using Poa.Data.Imaging;
using Poa.Elastic;
using Poa.Training.Augmentation;
using Xunit;

namespace Poa.Training.Tests.Augmentation;

/// <summary>Against what Pillow made of small images (tests/Poa.Data.Tests/Imaging/record_pillow.py).</summary>
public sealed class ColorOperationsTests
{
    [Theory]
    [InlineData("brightness")]
    [InlineData("contrast")]
    [InlineData("saturation")]
    [InlineData("hue")]
    [InlineData("grayscale")]
    [InlineData("solarize")]
    [InlineData("flip")]
    public void Operation_AnyImageAndFactor_EqualsPillowByteForByte(string name)
    {
        using var stream = typeof(ColorOperationsTests).Assembly.GetManifestResourceStream("pillow.json")!;
        using var document = JsonDocument.Parse(stream);
        var compared = 0;
        foreach (var image in document.RootElement.GetProperty("images").EnumerateArray())
        {
            var source = image.GetProperty("pixels").GetBytesFromBase64();
            foreach (var operation in image.GetProperty("operations").EnumerateArray().Where(o => o.GetProperty("name").GetString() == name))
            {
                var factor = operation.GetProperty("factor").GetDouble();
                var pixels = WithFourthByte(source);
                Apply(name, factor, pixels, image.GetProperty("width").GetInt32());
                Assert.Equal(operation.GetProperty("result").GetBytesFromBase64(), WithoutFourthByte(pixels));
                compared++;
            }
        }

        Assert.True(compared >= 3);
    }

    [Fact]
    public void HueRotation_ManyColours_EqualsTheFormulaWithoutTables()
    {
        var random = Randomness.For(4, RandomPurpose.Testing);
        var pixels = new byte[4];
        for (var i = 0; i < 200_000; i++)
        {
            int[] rgb = [random.NextInt32(256), random.NextInt32(256), random.NextInt32(256)];
            var turn = random.Uniform(-0.5, 0.5);
            (pixels[0], pixels[1], pixels[2]) = ((byte)rgb[0], (byte)rgb[1], (byte)rgb[2]);
            HueRotation.Apply(pixels, turn);
            var expected = RotateSlowly(rgb, turn);
            Assert.True(expected.SequenceEqual(pixels.Take(3)), $"{string.Join(',', rgb)} by {turn}");
        }
    }

    /// <summary>PIL's conversions (Convert.c, after Python's colorsys) step by step, in its mixture of precisions.</summary>
    private static byte[] RotateSlowly(int[] rgb, double turn)
    {
        var (value, least) = (rgb.Max(), rgb.Min());
        byte hue = 0, saturation = 0;
        if (value != least)
        {
            float spread = value - least;
            float rc = (value - rgb[0]) / spread, gc = (value - rgb[1]) / spread, bc = (value - rgb[2]) / spread;
            var h = rgb[0] == value ? bc - gc : rgb[1] == value ? (float)(2.0 + rc - bc) : (float)(4.0 + gc - rc);
            hue = (byte)(int)((float)(((h / 6.0) + 1.0) % 1.0) * 255.0);
            saturation = (byte)(int)(spread / value * 255.0);
        }

        hue = (byte)(hue + (byte)(int)(turn * 255));
        if (saturation == 0)
        {
            return [(byte)value, (byte)value, (byte)value];
        }

        var sector = (int)Math.Floor(hue * 6.0 / 255.0);
        var f = (float)((hue * 6.0 / 255.0) - sector);
        var fs = (float)(saturation / 255.0);
        var (v, p) = ((byte)value, (byte)Math.Round(value * (1.0 - fs), MidpointRounding.AwayFromZero));
        var q = (byte)Math.Round(value * (1.0 - (fs * f)), MidpointRounding.AwayFromZero);
        var t = (byte)Math.Round(value * (1.0 - (fs * (1.0 - f))), MidpointRounding.AwayFromZero);
        return (sector % 6) switch { 0 => [v, t, p], 1 => [q, v, p], 2 => [p, v, t], 3 => [p, q, v], 4 => [t, p, v], _ => [v, p, q] };
    }

    private static void Apply(string name, double factor, byte[] pixels, int width)
    {
        switch (name)
        {
            case "brightness":
                ColorOperations.Brightness(pixels, factor);
                break;
            case "contrast":
                ColorOperations.Contrast(pixels, factor);
                break;
            case "saturation":
                ColorOperations.Saturation(pixels, factor);
                break;
            case "hue":
                HueRotation.Apply(pixels, factor);
                break;
            case "grayscale":
                ColorOperations.Grayscale(pixels);
                break;
            case "solarize":
                ColorOperations.Solarize(pixels, (int)factor);
                break;
            default:
                HorizontalFlip.Apply(pixels, width);
                break;
        }
    }

    private static byte[] WithFourthByte(byte[] rgb)
    {
        var pixels = new byte[rgb.Length / 3 * 4];
        for (var i = 0; i < rgb.Length / 3; i++)
        {
            rgb.AsSpan(3 * i, 3).CopyTo(pixels.AsSpan(4 * i));
        }

        return pixels;
    }

    private static byte[] WithoutFourthByte(byte[] pixels)
    {
        var rgb = new byte[pixels.Length / 4 * 3];
        for (var i = 0; i < pixels.Length / 4; i++)
        {
            pixels.AsSpan(4 * i, 3).CopyTo(rgb.AsSpan(3 * i));
        }

        return rgb;
    }
}
