using Poa.Data.Datasets;
using Poa.Elastic;
using Poa.Evaluation.Attention;
using Poa.Evaluation.Drawing;
using Poa.Evaluation.Tests.Dense;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Attention;

public sealed class AttentionEvaluatorTests : IDisposable
{
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();
    private readonly PlainViT network;

    public AttentionEvaluatorTests()
    {
        var (configuration, weights) = DenseTesting.Plain(DenseTesting.Tiny, new SubNetwork(16, 3));
        network = new PlainViT(configuration, weights, "test");
    }

    public void Dispose()
    {
        network.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void Evaluate_Images_DrawsTheFirstAndAveragesTheirFocus()
    {
        var images = new ColouredImages("/data/coloured", 5, null, seed: 3);
        var drawn = new List<DrawnPicture>();

        var result = new AttentionEvaluator(2).Evaluate(network, "16x3", images, drawn.Add, TestContext.Current.CancellationToken);

        AttentionPicture.Maps[] maps = [.. Enumerable.Range(0, 2).Select(i => AttentionPicture.Of(network, images.Load(i)))];
        Assert.Equal(maps.Average(map => map.Heads.Average(head => AttentionFocus.ShareHolding(head))), result.FocusShare, 1e-12);
        Assert.Equal(("16x3", 2, images.Fingerprint), (result.Network, result.Images.Used, result.Images.Fingerprint));
        // Where the file lies is the worker's own affair.
        Assert.Equal(["coloured #0", "coloured #1"], drawn.Select(picture => picture.Caption.Split(':')[0]));
        Assert.Equal(AttentionPicture.Draw(maps[1]).Pixels.ToArray(), drawn[1].Image.Pixels.ToArray());
    }

    [Fact]
    public void Evaluate_FewerImagesThanAskedFor_LooksAtAll()
    {
        var drawn = 0;

        var result = new AttentionEvaluator(8).Evaluate(network, "16x3", new ColouredImages("few", 3, null, seed: 3), _ => drawn++, TestContext.Current.CancellationToken);

        Assert.Equal((3, 3), (drawn, result.Images.Used));
    }

    [Fact]
    public void Evaluate_DamagedImage_IsNamed()
    {
        var error = Assert.Throws<UnreadableImageException>(() =>
            new AttentionEvaluator(2).Evaluate(network, "16x3", new ColouredImages("bad", 3, null, seed: 3, damaged: 1), _ => { }, TestContext.Current.CancellationToken));

        Assert.Contains("bad #1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_Stopped_EndsBetweenTwoImages()
    {
        using var stop = new CancellationTokenSource();
        var drawn = 0;

        Assert.Throws<OperationCanceledException>(() => new AttentionEvaluator(3).Evaluate(
            network,
            "16x3",
            new ColouredImages("many", 3, null, seed: 3),
            _ =>
            {
                drawn++;
                stop.Cancel();
            },
            stop.Token));

        Assert.Equal(1, drawn);
    }
}
