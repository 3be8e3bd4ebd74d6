using Poa.Data.Datasets;
using Poa.Data.Scenes;
using SkiaSharp;
using Xunit;

namespace Poa.Data.Tests.Scenes;

public sealed class StampCutoutsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Open_FoldersWithEnoughCutouts_AreTheCategories()
    {
        for (var i = 0; i < 17; i++)
        {
            Stamp($"animals/birds/{i:D2}.png", (byte)i);
            Stamp($"animals/birds/{i:D2}_mirror.png", (byte)i);
            Stamp($"town/{i:D2}.png", (byte)(100 + i));
            folder.Png($"flags/{i:D2}.png");
        }

        Stamp("space/moon.png", 50);

        var library = CutoutLibrary.Open(new() { Source = SceneSource.Tuxpaint, Stamps = folder.Path });

        Assert.Equal(["animals", "town"], library.Categories);
        Assert.Equal([12, 12], library.Train.Select(category => category.Count));
        Assert.Equal([5, 5], library.Val.Select(category => category.Count));
        Assert.False(library.IsGrey);
        Assert.Equal([0, 4, 8, 12, 16], library.Val[0].Select(cutout => (int)cutout.Colour.Pixels[0]));
    }

    [Fact]
    public void Make_OfStamps_IsAWholeSet()
    {
        for (var i = 0; i < 16; i++)
        {
            Stamp($"stamps/food/{i}.png", (byte)(10 * i));
        }

        var recipe = new SceneRecipe { Source = SceneSource.Tuxpaint, Stamps = Path.Combine(folder.Path, "stamps"), TrainScenes = 2, ValScenes = 1 };
        var set = SceneSet.Make(recipe, Path.Combine(folder.Path, "set"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(["food", "stripes", "checks", "dots", "clouds"], set.Manifest.Classes);
    }

    [Fact]
    public void Open_NoSuchFolder_SaysHowToInstall() =>
        Assert.Contains("apt install tuxpaint-stamps-default", Open(Path.Combine(folder.Path, "none")).Message, StringComparison.Ordinal);

    [Fact]
    public void Open_NoCutouts_SaysWhatIsWanted() =>
        Assert.Contains("PNG pictures with transparency", Open(folder.Path).Message, StringComparison.Ordinal);

    private static DatasetException Open(string path) =>
        Assert.Throws<DatasetException>(() => CutoutLibrary.Open(new() { Source = SceneSource.Tuxpaint, Stamps = path }));

    /// <summary>A filled square in a transparent picture.</summary>
    private void Stamp(string path, byte red)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(40, 30, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        bitmap.Erase(SKColors.Transparent);
        for (var at = 0; at < 400; at++)
        {
            bitmap.SetPixel(5 + (at % 20), 6 + (at / 20), new SKColor(red, 60, 160));
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        folder.Write(path, data.ToArray());
    }
}
