using Poa.Elastic;
using Poa.Evaluation.Latency;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Latency;

public sealed class LatencyMeterTests
{
    private static readonly ViTArchitecture Architecture = new()
    {
        ImageSize = 16,
        PatchSize = 4,
        MinEmbedDim = 16,
        MaxEmbedDim = 32,
        HeadDim = 8,
        MinDepth = 2,
        MaxDepth = 3,
    };

    [Fact]
    public void Of_KnownTimes_InterpolatesPercentilesAsNumpy()
    {
        // numpy.percentile(range(1, 21), [50, 95]) = 10.5, 19.05
        var figures = LatencyFigures.Of([.. Enumerable.Range(1, 20).Reverse().Select(i => (double)i)]);

        Assert.Equal(10.5, figures.P50, 12);
        Assert.Equal(19.05, figures.P95, 12);
        Assert.Equal(10.5, figures.Mean, 12);
    }

    [Fact]
    public void Of_OneTime_IsThatTime() => Assert.Equal(new LatencyFigures(3, 3, 3), LatencyFigures.Of([3]));

    [Fact]
    public void Measure_TinyNetworks_GivesPositiveOrderedFigures()
    {
        using var scope = NewDisposeScope();
        using var small = Network(new SubNetwork(16, 2));
        using var large = Network(new SubNetwork(32, 3));
        var rounds = new List<(long Done, long Total)>();

        var figures = new LatencyMeter(new LatencyOptions { ImageSize = 16, WarmUp = 2, Repetitions = 5 }, TimeProvider.System)
            .Measure([small, large], CPU, (done, total) => rounds.Add((done, total)), TestContext.Current.CancellationToken);

        Assert.Equal(2, figures.Count);
        Assert.All(figures, f => Assert.True(f is { P50: > 0, Mean: > 0 } && f.P95 >= f.P50));
        Assert.Equal([(2, 14), (4, 14), (6, 14), (8, 14), (10, 14), (12, 14), (14, 14)], rounds);
    }

    [Fact]
    public void Measure_TickingClock_CountsEachPassOnceAndLeavesTheWarmUpOut()
    {
        using var scope = NewDisposeScope();
        using var first = Network(new SubNetwork(16, 2));
        using var second = Network(new SubNetwork(16, 2));

        // The n-th pass takes n milliseconds; passes alternate: 1, 3 and 5 are the first network's, of which 1 is warm-up.
        var figures = new LatencyMeter(new LatencyOptions { ImageSize = 16, WarmUp = 1, Repetitions = 2 }, new TickingTime())
            .Measure([first, second], CPU, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal([4.0, 5.0], figures.Select(f => f.Mean));
    }

    [Fact]
    public void Measure_ImageSizeThatIsNoMultipleOfThePatch_NamesBoth()
    {
        using var scope = NewDisposeScope();
        using var network = Network(new SubNetwork(16, 2));

        var error = Assert.Throws<ArgumentException>(() => new LatencyMeter(new LatencyOptions { ImageSize = 18 }, TimeProvider.System)
            .Measure([network], CPU, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("18", error.Message, StringComparison.Ordinal);
        Assert.Contains("patch size 4", error.Message, StringComparison.Ordinal);
    }

    private static PlainViT Network(SubNetwork subNetwork)
    {
        using var scope = NewDisposeScope();
        using var intact = new ElasticViT(Architecture, seed: 1);
        var weights = Extraction.PlainWeights(new Dictionary<string, Tensor>(StateDictionary.Of(intact)), Architecture, subNetwork);
        return new PlainViT(Extraction.Configuration(Architecture, subNetwork), weights, "test");
    }

    /// <summary>Two readings make a pass; the n-th pass takes n milliseconds.</summary>
    private sealed class TickingTime : TimeProvider
    {
        private long now;
        private int readings;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => now += readings++ % 2 == 0 ? 100 : (readings + 1) / 2;
    }
}
