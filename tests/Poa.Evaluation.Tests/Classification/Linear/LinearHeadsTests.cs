using Poa.Elastic;
using Poa.Evaluation.Classification.Linear;
using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Classification.Linear;

public sealed class LinearHeadsTests
{
    private const int Classes = 3;
    private const int Batch = 6;
    private const int Steps = 5;

    private static readonly SubNetwork Network = new(4, 2);

    private static readonly LinearProbeOptions Options = new() { LearningRates = [0.5, 3], LastBlocks = [1, 2], BatchSize = Batch };

    [Fact]
    public void Step_EverySetting_IsSgdWithMomentumWrittenTheSlowWay()
    {
        using var scope = NewDisposeScope();
        using var heads = new LinearHeads(Network, [Network.Width, Network.Width], Classes, Steps, Options, CPU);
        var state = heads.State.ToDictionary();
        var slow = Cases().ToDictionary(c => c, c => new SlowHead(state[$"{c.Name}.weight"], c.Head, c.Width));

        for (var step = 0; step < Steps; step++)
        {
            var (x, labels) = Data(step);
            heads.Step(x, labels);
            foreach (var (c, head) in slow)
            {
                // Rates are for 256 images and follow a cosine to 0.
                var rate = Options.LearningRates[c.Head] * Batch / 256 * (1 + Math.Cos(Math.PI * step / Steps)) / 2;
                head.Step(x.narrow(1, c.First, c.Width), labels, rate);
            }
        }

        Assert.Equal(Steps, heads.Steps);
        foreach (var (c, head) in slow)
        {
            var weight = state[$"{c.Name}.weight"].narrow(0, c.Head * Classes, Classes);
            var bias = state[$"{c.Name}.bias"].narrow(0, c.Head * Classes, Classes);
            Assert.Equal(head.Weight.SelectMany(row => row), weight.contiguous().data<float>().Select(v => (double)v), Close);
            Assert.Equal(head.Bias, bias.contiguous().data<float>().Select(v => (double)v), Close);
        }
    }

    [Fact]
    public void InitialWeights_AreNormalOfDeviationOneHundredth()
    {
        using var heads = new LinearHeads(new SubNetwork(200, 2), [200], 50, Steps, Options with { LastBlocks = [1] }, CPU);

        foreach (var (name, tensor) in heads.State.Where(part => part.Key.EndsWith(".weight", StringComparison.Ordinal)))
        {
            // 20,000 values or more: standard errors of 0.00007 and 0.00005.
            Assert.True(Math.Abs(tensor.mean().item<float>()) < 0.0003, name);
            Assert.InRange(tensor.std().item<float>(), 0.0098, 0.0102);
        }
    }

    [Fact]
    public void Settings_ShallowNetwork_HasEachOnceWithTheBlocksThereAre()
    {
        using var heads = new LinearHeads(Network, [Network.Width, Network.Width], Classes, Steps, Options with { LastBlocks = [1, 2, 4], LearningRates = [0.1] }, CPU);
        var (x, labels) = Data(0);
        heads.Count(x, labels);

        Assert.Equal(
            [new(1, false, 0.1), new(1, true, 0.1), new(2, false, 0.1), new(2, true, 0.1)],
            heads.Accuracies().Select(accuracy => accuracy.Setting));
    }

    [Fact]
    public void Count_TiesAndDivergedClassifiers_FollowTheRule()
    {
        var tally = new LinearTally(2);
        // The first classifier: a tie between classes 0 and 1 that 0 wins; the second has diverged for the first image.
        using var scores = tensor(new[] { 1f, 1, 0, 0, 0, 0, float.NaN, 0, 0, 9, 0, 0, 2, 3, 1, 1, 1, 1, 1, 2, 9, 8, 7, 6 }, [2, 2, 6]);
        using var labels = tensor([1L, 0L]);

        tally.Add(scores, labels);

        LinearSetting[] settings = [new(1, false, 1), new(1, true, 1)];
        Assert.Equal([new(settings[0], 0, 1), new(settings[1], 0, 0)], tally.Accuracies(settings));
    }

    [Fact]
    public void Step_TwentyTimes_LeavesNoTensorsBehind()
    {
        using var heads = new LinearHeads(Network, [Network.Width, Network.Width], Classes, 100, Options, CPU);
        var (x, labels) = Data(0);
        heads.Step(x, labels);
        heads.Count(x, labels);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (var i = 0; i < 20; i++)
        {
            heads.Step(x, labels);
            heads.Count(x, labels);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData(12, 4, BlockChoice.Spaced, new[] { 3, 6, 9, 11 })]
    [InlineData(12, 1, BlockChoice.Spaced, new[] { 11 })]
    [InlineData(5, 4, BlockChoice.Spaced, new[] { 1, 2, 4 })]
    [InlineData(2, 4, BlockChoice.Spaced, new[] { 0, 1 })]
    [InlineData(1, 4, BlockChoice.Spaced, new[] { 0 })]
    [InlineData(12, 4, BlockChoice.Last, new[] { 8, 9, 10, 11 })]
    [InlineData(3, 4, BlockChoice.Last, new[] { 0, 1, 2 })]
    public void ProbeBlocks_DepthAndCount_AreThePlaces(int depth, int count, BlockChoice choice, int[] places) =>
        Assert.Equal(places, ProbeBlocks.Of(depth, count, choice));

    /// <summary>Three parts of width 4 in a row of features: the token of the first block, of the last, the mean.</summary>
    private static IEnumerable<(string Name, int Head, int First, int Width)> Cases() =>
        from head in (int[])[0, 1]
        from kind in ((string Name, int First, int Width)[])[("blocks1", 4, 4), ("blocks1_avgpool", 4, 8), ("blocks2", 0, 8), ("blocks2_avgpool", 0, 12)]
        select (kind.Name, head, kind.First, kind.Width);

    private static (Tensor X, Tensor Labels) Data(int step)
    {
        var random = Randomness.For(7, RandomPurpose.Testing, step);
        float[] values = [.. Enumerable.Range(0, Batch * 12).Select(_ => (float)random.NextGaussian())];
        return (tensor(values, [Batch, 12]), tensor([.. Enumerable.Range(0, Batch).Select(_ => (long)random.NextInt32(Classes))]));
    }

    private static bool Close(double a, double b) => Math.Abs(a - b) < 1e-5;

    /// <summary>One classifier in double precision, with loops.</summary>
    private sealed class SlowHead
    {
        private readonly double[][] velocity;
        private readonly double[] biasVelocity = new double[Classes];

        public SlowHead(Tensor weights_RD, int head, int width)
        {
            var values = weights_RD.contiguous().data<float>().ToArray();
            Weight = [.. Enumerable.Range(0, Classes).Select(c => values.Skip(((head * Classes) + c) * width).Take(width).Select(v => (double)v).ToArray())];
            velocity = [.. Weight.Select(row => new double[row.Length])];
        }

        public double[][] Weight { get; }

        public double[] Bias { get; } = new double[Classes];

        public void Step(Tensor x_BD, Tensor labels_B, double rate)
        {
            var x = x_BD.contiguous().data<float>().ToArray();
            var labels = labels_B.data<long>().ToArray();
            var width = Weight[0].Length;
            var gradient = Weight.Select(row => new double[row.Length]).ToArray();
            var biasGradient = new double[Classes];
            for (var b = 0; b < labels.Length; b++)
            {
                var exponentials = new double[Classes];
                for (var c = 0; c < Classes; c++)
                {
                    var score = Bias[c];
                    for (var d = 0; d < width; d++)
                    {
                        score += Weight[c][d] * x[(b * width) + d];
                    }

                    exponentials[c] = Math.Exp(score);
                }

                for (var c = 0; c < Classes; c++)
                {
                    var error = ((exponentials[c] / exponentials.Sum()) - (labels[b] == c ? 1 : 0)) / labels.Length;
                    biasGradient[c] += error;
                    for (var d = 0; d < width; d++)
                    {
                        gradient[c][d] += error * x[(b * width) + d];
                    }
                }
            }

            for (var c = 0; c < Classes; c++)
            {
                biasVelocity[c] = (0.9 * biasVelocity[c]) + biasGradient[c];
                Bias[c] -= rate * biasVelocity[c];
                for (var d = 0; d < width; d++)
                {
                    velocity[c][d] = (0.9 * velocity[c][d]) + gradient[c][d];
                    Weight[c][d] -= rate * velocity[c][d];
                }
            }
        }
    }
}
