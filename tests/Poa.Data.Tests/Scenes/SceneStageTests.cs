using Poa.Data.Imaging;
using Poa.Data.Scenes;
using Xunit;

namespace Poa.Data.Tests.Scenes;

public sealed class SceneStageTests
{
    [Fact]
    public void TryAdd_TwoThatOverlap_TheLaterIsInFront()
    {
        var stage = new SceneStage(6, 4, 0.5);

        Assert.True(stage.TryAdd(Block(1, 4, 4), 0, 0));
        Assert.True(stage.TryAdd(Block(2, 2, 2), 2, 1));

        Assert.Equal(
        [
            0, 0, 0, 0, -1, -1,
            0, 0, 1, 1, -1, -1,
            0, 0, 1, 1, -1, -1,
            0, 0, 0, 0, -1, -1,
        ], stage.Owners);
        Assert.Equal([new SceneObject(1, new PixelBox(0, 0, 4, 4), 12, 16), new SceneObject(2, new PixelBox(2, 1, 2, 2), 4, 4)], stage.Objects());
    }

    [Fact]
    public void TryAdd_WouldHideTooMuchOfAnother_ChangesNothing()
    {
        var stage = new SceneStage(6, 4, 0.5);
        stage.TryAdd(Block(1, 2, 4), 0, 0);

        Assert.False(stage.TryAdd(Block(2, 3, 3), 0, 0));

        Assert.Equal(new SceneObject(1, new PixelBox(0, 0, 2, 4), 8, 8), Assert.Single(stage.Objects()));
    }

    [Theory]
    [InlineData(-2, true)]
    [InlineData(-3, false)]
    public void TryAdd_PartlyBeyondTheBorder_NeedsTheShareInside(int left, bool fits)
    {
        var stage = new SceneStage(6, 4, 0.5);

        Assert.Equal(fits, stage.TryAdd(Block(1, 4, 4), left, 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Draw_HalfOpaquePixel_MixesWithWhatIsBehind(bool mirrored)
    {
        var pixels = Enumerable.Repeat((byte)100, 2 * RgbImage.BytesPerPixel).ToArray();
        var cutout = Cutout.Of(0, new(2, 1, [200, 10, 0, 255, 200, 10, 0, 255]), [255, 128])!;

        new Sprite(cutout, mirrored).Draw(pixels, 2, 1, 0, 0);

        // 200 * 128 / 255 = 100, 10 * 128 / 255 = 5, and 100 * 127 / 255 = 50 of the ground.
        var (opaque, half) = (pixels[(mirrored ? 4 : 0)..][..3], pixels[(mirrored ? 0 : 4)..][..3]);
        Assert.Equal([200, 10, 0], opaque);
        Assert.Equal([150, 55, 50], half);
    }

    [Fact]
    public void OpacityOf_DarkInside_IsPartOfTheObject()
    {
        byte[] photograph =
        [
            0, 0, 0, 0, 0,
            0, 90, 90, 90, 0,
            0, 90, 0, 90, 0,
            0, 90, 90, 90, 5,
            0, 0, 0, 0, 0,
        ];

        var opacity = FashionCutouts.OpacityOf(RgbImage.FromGrey(5, 5, photograph));

        Assert.Equal(9, opacity.Count(value => value == 255));
        Assert.Equal(255, opacity[12]);
    }

    private static Sprite Block(int category, int width, int height)
    {
        var grey = Enumerable.Repeat((byte)200, width * height).ToArray();
        return new(Cutout.Of(category, RgbImage.FromGrey(width, height, grey), Enumerable.Repeat(byte.MaxValue, grey.Length).ToArray())!, mirrored: false);
    }
}
