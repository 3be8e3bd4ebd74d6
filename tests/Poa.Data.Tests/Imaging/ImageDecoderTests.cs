using Poa.Data.Datasets;
using Poa.Data.Imaging;
using Xunit;

namespace Poa.Data.Tests.Imaging;

public sealed class ImageDecoderTests
{
    public static TheoryData<string> Names => [.. Pillow.Cases("decode").Select(c => c.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Decode_KnownFormat_GivesPillowsRgb(string name)
    {
        var recorded = Pillow.Cases("decode").Single(c => c.GetProperty("name").GetString() == name);

        var image = ImageDecoder.Decode(recorded.GetProperty("file").GetBytesFromBase64(), name);

        Assert.Equal((recorded.GetProperty("width").GetInt32(), recorded.GetProperty("height").GetInt32()), (image.Width, image.Height));
        var expected = recorded.GetProperty("pixels").GetBytesFromBase64();
        var actual = Pillow.Rgb(image.Pixels);
        var worst = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();

        // Lossless formats agree exactly; JPEG decoders may differ in the last bits of the transform and the colour conversion.
        Assert.True(worst <= (name.EndsWith(".jpg", StringComparison.Ordinal) ? 4 : 0), $"{name}: worst difference {worst}");
    }

    [Theory]
    [InlineData("rgb.jpg")]
    [InlineData("progressive.jpg")]
    [InlineData("rgb.png")]
    [InlineData("lossless.webp")]
    public void Decode_CutOff_ThrowsAndNamesTheItem(string name)
    {
        var whole = Pillow.Cases("decode").Single(c => c.GetProperty("name").GetString() == name).GetProperty("file").GetBytesFromBase64();
        foreach (var keep in new[] { 0.2, 0.5, 0.9 })
        {
            var error = Assert.Throws<UnreadableImageException>(() => ImageDecoder.Decode(whole[..(int)(whole.Length * keep)], "cut/" + name));
            Assert.Equal("cut/" + name, error.Item);
            Assert.Contains("cut/" + name, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void DecodeFile_LargerThanAccepted_NamesSizeAndBound()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Png("a.png", width: 20, height: 10);

        Assert.Equal((20, 10), (ImageDecoder.DecodeFile(file, 200).Width, ImageDecoder.DecodeFile(file, 200).Height));
        Assert.Contains("claims 20 x 10 pixels; at most 199 pixels are read", Assert.Throws<UnreadableImageException>(() => ImageDecoder.DecodeFile(file, 199)).Message, StringComparison.Ordinal);
        Assert.Contains("bytes, too many for the 1 pixels", Assert.Throws<UnreadableImageException>(() => ImageDecoder.DecodeFile(file, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_NoBytes_SaysThatTheFileIsEmpty()
    {
        var error = Assert.Throws<UnreadableImageException>(() => ImageDecoder.Decode([], "a.png"));
        Assert.Equal("Cannot read image a.png: the file is empty (0 bytes).", error.Message);
    }

    [Fact]
    public void Decode_Text_SaysThatItIsNoImage()
    {
        var error = Assert.Throws<UnreadableImageException>(() => ImageDecoder.Decode("Hello, this is text."u8.ToArray(), "a.jpg"));
        Assert.Contains("not JPEG, PNG or WebP", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_HeaderThatClaimsTooManyPixels_Throws()
    {
        var png = Pillow.Cases("decode").Single(c => c.GetProperty("name").GetString() == "rgb.png").GetProperty("file").GetBytesFromBase64();
        var lie = png.ToArray();
        lie[16] = 0x00;
        lie[17] = 0x7F; // width 8,323,096 of a valid header but for the checksum
        Assert.Throws<UnreadableImageException>(() => ImageDecoder.Decode(lie, "lie.png"));
    }

    [Fact]
    public void DecodeFile_Missing_SaysSo()
    {
        var error = Assert.Throws<UnreadableImageException>(() => ImageDecoder.DecodeFile("/nonexistent/a.png"));
        Assert.Equal("the file does not exist", error.Reason);
    }
}
