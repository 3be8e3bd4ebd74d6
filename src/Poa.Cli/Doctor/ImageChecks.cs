using Poa.Data.Datasets;
using Poa.Data.Imaging;

namespace Poa.Cli.Doctor;

/// <summary>The image decoder's native library, and the demo images.</summary>
internal static class ImageChecks
{
    // A PNG of one red pixel.
    private const string RedPixel =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";

    public static IEnumerable<Check> Run()
    {
        yield return Decoder();
        yield return Demo();
    }

    private static Check Decoder()
    {
        try
        {
            var image = ImageDecoder.Decode(Convert.FromBase64String(RedPixel), "the test image");
            return image is { Width: 1, Height: 1 }
                ? new Check("image decoder", CheckStatus.Ok, "JPEG, PNG and WebP can be read")
                : new Check("image decoder", CheckStatus.Failed, $"a 1 x 1 image was read as {image.Width} x {image.Height}", "Build again from a clean folder.");
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or UnreadableImageException)
        {
            return new Check("image decoder", CheckStatus.Failed, $"does not load: {(e.InnerException ?? e).Message}", "Build again from a clean folder (rm -rf artifacts).");
        }
    }

    private static Check Demo()
    {
        try
        {
            var train = DataSpecification.Parse("demo?split=train").Open();
            var test = DataSpecification.Parse("demo?split=test").Open();
            return new Check("demo images", CheckStatus.Ok, $"{train.Count} to train on, {test.Count} held out, {train.ClassNames?.Count} classes");
        }
        catch (DatasetException e)
        {
            return new Check("demo images", CheckStatus.Failed, e.Message, "Check out the repository again, with all files.");
        }
    }
}
