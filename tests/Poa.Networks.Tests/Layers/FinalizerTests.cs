using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests.Layers;

public sealed class FinalizerTests
{
    // Fails within the second where one of these operations is TorchSharp's own, which makes a native scalar that nobody holds on to.
    [Theory]
    [InlineData("sum")]
    [InlineData("vit")]
    [InlineData("swin")]
    [InlineData("resnet")]
    public void Forward_WhileTheFinalizerRunsAllTheTime_GivesTheSameBits(string what)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using ElasticBackbone? network = what switch { "sum" => null, "vit" => Networks.Create(Networks.Tiny), _ => StageNetworks.Create(what) };
        var images = Networks.Random(1, 1, 3, 16, 16);
        var one = ones(1);
        Tensor Run() => network?.Forward(images, network.Grid.Intact).ClassToken ?? one.Plus(one).Times(3).PlusInPlace(one).DividedBy(7).Plus(0.5).Minus(0.25);

        var expected = Run();
        var isDone = false;
        var collector = new Thread(() =>
        {
            while (!Volatile.Read(ref isDone))
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            var started = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(0.5))
            {
                using var step = NewDisposeScope();
                Assert.True(Run().equal(expected).all().item<bool>());
            }
        }
        finally
        {
            Volatile.Write(ref isDone, true);
            collector.Join();
        }
    }
}
