using CsCheck;
using Poa.Evaluation.Detection.Operators;
using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Detection.Operators;

/// <summary>RoIAlign against the loops of its definition, in double, values and gradient to 1e-9; and what it does to memory.</summary>
public sealed class RoiAlignTests
{
    private sealed record Case(int Batch, int Channels, (int Stride, int Height, int Width)[] Levels, float[][] Rois, int[] Level, int Size, int SamplingRatio, int Seed);

    // Regions beyond the image on every side, turned inside out, without area, and on whole numbers.
    private static readonly Gen<float> Coordinate = Gen.OneOf(Gen.Float[-40, 120], Gen.Int[-5, 60].Select(i => (float)i));

    private static readonly Gen<Case> Cases =
        from batch in Gen.Int[1, 3]
        from channels in Gen.Int[1, 5]
        from levels in Gen.Select(Gen.Int[1, 9], Gen.Int[1, 12], Gen.Int[1, 12]).Array[1, 3]
        from rois in Gen.Select(Gen.Int[0, batch - 1].Select(i => (float)i), Coordinate, Coordinate, Coordinate, Coordinate).Select(r => new[] { r.Item1, r.Item2, r.Item3, r.Item4, r.Item5 }).Array[1, 6]
        from level in Gen.Int[0, levels.Length - 1].Array[rois.Length]
        from size in Gen.Int[1, 5]
        from samplingRatio in Gen.Int[0, 3]
        from seed in Gen.Int[0, 1000]
        select new Case(batch, channels, levels, rois, level, size, samplingRatio, seed);

    [Fact]
    public void FromLevels_AnyRegions_EqualsTheLoops() => Cases.Sample(
        c =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)c.Seed);
            Tensor[] maps = [.. c.Levels.Select(l => randn([c.Batch, c.Channels, l.Height, l.Width], ScalarType.Float64, generator: generator).requires_grad_())];
            var rois = tensor(c.Rois.SelectMany(r => r).Select(v => (double)v).ToArray()).view(-1, 5);
            var gradOut = randn([c.Rois.Length, c.Channels, c.Size, c.Size], ScalarType.Float64, generator: generator);

            var output = RoiAlign.FromLevels(new(maps, [.. c.Levels.Select(l => l.Stride)]), rois, tensor(c.Level.Select(l => (long)l).ToArray()), c.Size, c.SamplingRatio);
            output.backward([gradOut]);

            var slow = new SlowRoiAlign([.. maps.Select(m => m.detach().data<double>().ToArray())], c.Channels, c.Levels);
            DetOps.Close(tensor(slow.Values(c.Rois, c.Level, c.Size, c.SamplingRatio)).view(output.shape), output, 1e-9);
            var gradients = slow.Gradients(c.Rois, c.Level, c.Size, c.SamplingRatio, gradOut.data<double>().ToArray());
            foreach (var (map, gradient) in maps.Zip(gradients))
            {
                DetOps.Close(tensor(gradient).view(map.shape), map.grad!, 1e-9);
            }
        },
        iter: 200);

    [Fact]
    public void FromLevels_SmallChangesOfAFeature_ChangeTheOutputByTheGradient()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var map = randn([1, 2, 5, 6], ScalarType.Float64, generator: generator);
        var rois = tensor([0.0, 1.3, 2.1, 17.9, 13.2], [1, 5]);
        var weights = randn([1, 2, 3, 3], ScalarType.Float64, generator: generator);
        double Loss(Tensor features) => (RoiAlign.FromLevels(new([features], [4]), rois, zeros(1, ScalarType.Int64), 3) * weights).sum().item<double>();
        var leaf = map.clone().requires_grad_();
        (RoiAlign.FromLevels(new([leaf], [4]), rois, zeros(1, ScalarType.Int64), 3) * weights).sum().backward();

        for (var i = 0; i < map.numel(); i++)
        {
            var step = zeros_like(map);
            step.view(-1)[i] = 1e-4;
            Assert.Equal((Loss(map + step) - Loss(map - step)) / 2e-4, leaf.grad!.view(-1)[i].item<double>(), 1e-8);
        }
    }

    [Fact]
    public void FromPyramid_NoRegions_IsEmptyAndHasAGradientOfZero()
    {
        using var scope = NewDisposeScope();
        var map = ones(1, 3, 4, 4).requires_grad_();

        var output = RoiAlign.FromPyramid(new([map], [4]), zeros(0, 5), 7);
        output.sum().backward();

        Assert.Equal([0, 3, 7, 7], output.shape);
        Assert.Equal(0, map.grad!.abs().max().item<float>());
    }

    [Fact]
    public void FromPyramid_TwentySteps_LeaveNoTensors()
    {
        using var scope = NewDisposeScope();
        var map = randn(1, 3, 16, 16).requires_grad_();
        var rois = tensor([0f, 3, 4, 30, 50], [1, 5]);
        List<long> live = [];
        for (var step = 0; step < 20; step++)
        {
            using (NewDisposeScope())
            {
                RoiAlign.FromPyramid(new([map], [4]), rois, 7).sum().backward();
                map.grad!.zero_();
            }

            live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }

        Assert.All(live.Skip(2), count => Assert.Equal(live[2], count));
    }
}
