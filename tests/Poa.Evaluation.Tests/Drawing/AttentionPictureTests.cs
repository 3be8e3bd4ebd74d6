using Poa.Data.Imaging;
using Poa.Elastic;
using Poa.Evaluation.Drawing;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Drawing;

public sealed class AttentionPictureTests : IDisposable
{
    private static readonly ViTArchitecture Architecture = new()
    {
        ImageSize = 28,
        PatchSize = 7,
        MinEmbedDim = 16,
        MaxEmbedDim = 32,
        HeadDim = 16,
        MinDepth = 2,
        MaxDepth = 3,
    };

    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();
    private readonly PlainViT network;

    public AttentionPictureTests()
    {
        using var intact = new ElasticViT(Architecture, seed: 1);
        var subNetwork = new SubNetwork(32, 2);
        network = new PlainViT(
            Extraction.Configuration(Architecture, subNetwork), Extraction.PlainWeights(StateDictionary.Of(intact).ToDictionary(), Architecture, subNetwork), "test");
    }

    public void Dispose()
    {
        network.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void Of_ImageOfAnyAspect_GivesEveryHeadsWeightsOnWholePatches()
    {
        var maps = AttentionPicture.Of(network, Image(60, 33));

        Assert.Equal((63, 35, 5, 9), (maps.Image.Width, maps.Image.Height, maps.Rows, maps.Columns));
        Assert.Equal(2, maps.Heads.Count);
        Assert.All(maps.Heads, head => Assert.InRange(head.Sum(), 0.5f, 1f));
        Assert.Equal((maps.Heads[0][7] + maps.Heads[1][7]) / 2, maps.Mean[7], 1e-7);
        Assert.True(AttentionPicture.Draw(maps).Width > 4 * maps.Image.Width);
    }

    [Theory]
    [InlineData(28, 28, null, 28, 28)]
    [InlineData(10, 20, null, 28, 56)]
    [InlineData(112, 112, 56, 56, 56)]
    [InlineData(2000, 1000, null, 630, 315)]
    [InlineData(9000, 3, null, 24535, 7)]
    public void Resize_IsBoundedAndOfWholePatches(int width, int height, int? shorter, int seenWidth, int seenHeight)
    {
        var seen = NetworkImage.Resize(Image(width, height), network.Configuration, shorter);

        Assert.Equal((seenWidth, seenHeight), (seen.Width, seen.Height));
    }

    [Fact]
    public void ToTensor_IsNormalisedAsTheNetworkWants()
    {
        var values = NetworkImage.ToTensor(Image(28, 28), network.Configuration);

        Assert.Equal([1, 3, 28, 28], values.shape);
        Assert.Equal(((5 / 255.0) - 0.485) / 0.229, values[0, 0, 0, 5].item<float>(), 1e-5);
    }

    private static RgbImage Image(int width, int height) => RgbImage.FromGrey(width, height, [.. Enumerable.Range(0, width * height).Select(i => (byte)(i % 251))]);
}
