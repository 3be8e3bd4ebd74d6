using Poa.Data.Imaging;
using Poa.Evaluation.Detection.Coco;
using Poa.Evaluation.Drawing;

namespace Poa.Evaluation.Tests.Drawing;

public sealed class PicturesTests
{
    private const int Width = 40;
    private const int Height = 32;
    private const int Scale = 14; // 448 / 32

    private static readonly RgbImage Grey = RgbImage.FromGrey(Width, Height, Enumerable.Repeat((byte)100, Width * Height).ToArray());

    [Fact]
    public void Objects_BoxAndMask_AreWhereTheyBelong()
    {
        var pixels = new byte[Width * Height];
        pixels[(20 * Width) + 12] = 1;
        var mask = RunLengthMask.Encode(Height, Width, pixels);

        var picture = Pictures.Objects(Grey, [new(3, "dog", 0.5, new CocoBox(10, 15, 20, 12), mask)]);

        var colour = Palette.OfClass(3);
        Assert.Equal((Width * Scale, Height * Scale), (picture.Width, picture.Height));
        Assert.Equal(colour, At(picture, 10 * Scale, 20 * Scale)); // left edge
        Assert.Equal(colour, At(picture, (30 * Scale) - 1, 20 * Scale)); // right edge, inwards
        Assert.Equal(new Colour(100, 100, 100), At(picture, 30 * Scale, 20 * Scale));
        Assert.Equal(colour.Over(new Colour(100, 100, 100), 45), At(picture, (12 * Scale) + 7, (20 * Scale) + 7));
        Assert.Equal(new Colour(100, 100, 100), At(picture, (13 * Scale) + 7, (20 * Scale) + 7));
        Assert.Equal(colour, At(picture, 10 * Scale, (15 * Scale) - 1)); // the label's ground, above the box
    }

    [Fact]
    public void Objects_BoxBeyondTheBorder_IsCutOffAndItsLabelIsInside()
    {
        var picture = Pictures.Objects(Grey, [new(0, "cat", null, new CocoBox(-5, -5, 60, 50))]);

        Assert.Equal(Palette.OfClass(0), At(picture, 0, 0));
    }

    [Fact]
    public void Objects_HigherScore_IsDrawnOnTop()
    {
        var box = new CocoBox(5, 10, 10, 10);

        var picture = Pictures.Objects(Grey, [new(1, "a", 0.9, box), new(2, "a", 0.2, box)]);

        Assert.Equal(Palette.OfClass(1), At(picture, 5 * Scale, 15 * Scale));
    }

    [Fact]
    public void Objects_MaskOfAnotherSize_NamesBoth()
    {
        var mask = RunLengthMask.Encode(3, 4, new byte[12]);

        var error = Assert.Throws<ArgumentException>(() => Pictures.Objects(Grey, [new(0, "cat", 1, default, mask)]));

        Assert.Contains("'cat' has 4 x 3 pixels (width x height), the image 40 x 32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LabelMap_ColoursKnownClassesAndListsThem()
    {
        var classes = new int[Width * Height];
        Array.Fill(classes, 255);
        (classes[0], classes[1], classes[2]) = (0, 2, -1);

        var picture = Pictures.LabelMap(Grey, classes, ["sky", "tree", "road"]);

        Assert.Equal(Palette.OfClass(0).Over(new Colour(100, 100, 100), 60), At(picture, 0, 0));
        Assert.Equal(Palette.OfClass(2).Over(new Colour(100, 100, 100), 60), At(picture, Scale, 0));
        Assert.Equal(new Colour(100, 100, 100), At(picture, 2 * Scale, 0));
        var row = (picture.Height - (Height * Scale)) / 2; // two entries of the legend
        Assert.Equal(Palette.OfClass(0), At(picture, 8, (Height * Scale) + (row / 2)));
        Assert.Equal(Palette.OfClass(2), At(picture, 8, (Height * Scale) + row + (row / 2)));
        Assert.Throws<ArgumentException>(() => Pictures.LabelMap(Grey, new int[5], ["sky"]));
    }

    [Fact]
    public void HeatMap_LargestWeight_IsLightest()
    {
        var picture = Pictures.HeatMap(Grey, [0.1f, 0.2f, 0.3f, 0.4f, 0.25f, 0.15f], 2, 3);

        Assert.Equal(Palette.OfHeat(0).Over(new Colour(100, 100, 100), 65), At(picture, 0, 0));
        Assert.Equal(Palette.OfHeat(1).Over(new Colour(100, 100, 100), 65), At(picture, 0, picture.Height - 1));
        Assert.Equal(picture.Pixels.ToArray(), Pictures.HeatMap(Grey, [1, 2, 3, 4, 2.5f, 1.5f], 2, 3).Pixels.ToArray());
    }

    [Fact]
    public void Sheet_ThreeInRowsOfTwo_StandsInAGrid()
    {
        var sheet = Pictures.Sheet([("A", Grey), ("B", Grey), ("C", Grey)], 2);

        Assert.Equal(4 + (2 * (Width + 4)), sheet.Width);
        Assert.Equal(new Colour(100, 100, 100), At(sheet, 4, 22));
        Assert.Equal(new Colour(255, 255, 255), At(sheet, sheet.Width - 10, sheet.Height - 10)); // no fourth
        Assert.Equal(default, At(sheet, 4 + 2, 4)); // the tip of the A
    }

    [Fact]
    public void Palette_FirstHundredClasses_AllDiffer() =>
        Assert.Equal(100, Enumerable.Range(0, 100).Select(Palette.OfClass).Distinct().Count());

    private static Colour At(RgbImage image, int x, int y)
    {
        var at = ((y * image.Width) + x) * RgbImage.BytesPerPixel;
        return new(image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]);
    }
}
