using Poa.Elastic;
using Poa.Evaluation.Detection.Data;
using Poa.Evaluation.Detection.Operators;
using Poa.Evaluation.Tests.Detection.Operators;
using static TorchSharp.torch;

namespace Poa.Benchmarks;

/// <summary>
/// The detection operators at the sizes of a training step on two images of 512 x 512, each beside the loops of its definition. Boxes are
/// objects moved and resized a little, in clusters as a trained RPN gives them.
/// </summary>
internal static class DetectionOperatorsBenchmark
{
    private const int Side = 512;
    private const int Images = 2;
    private const int Channels = 256;
    private const int Objects = 10;
    private const int Regions = 512;
    private const int Bins = 7;
    private const int Positives = 128;
    private const int Detections = 100;
    private const int PerLevel = 2000;
    private const float NmsIou = 0.7f;

    private static readonly int[] Strides = [4, 8, 16, 32, 64];
    private static readonly MaxIouAssignerOptions RpnThresholds = new() { PositiveIou = 0.7, NegativeIou = 0.3, MinPositiveIou = 0.3 };

    public static Report Run(BenchmarkOptions options)
    {
        using var scope = NewDisposeScope();
        List<Measurement> measurements =
        [
            .. RoiAlignment(options),
            .. Proposals(options),
            .. Assignment(options),
            .. Masks(options),
        ];
        return new(
            "detops",
            $"{Images} images of {Side} x {Side}, {Channels} channels, {Regions} regions an image, {options.Threads} threads, medians of {options.Repeats}",
            measurements);
    }

    private static IEnumerable<Measurement> RoiAlignment(BenchmarkOptions options)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        int[] strides = Strides[..^1];
        Tensor[] maps = [.. strides.Select(s => randn([Images, Channels, Side / s, Side / s], generator: generator).requires_grad_())];
        float[][] rois = [.. Enumerable.Range(0, Images).SelectMany(image => Boxes(image, Regions).Select(box => new[] { image, box[0], box[1], box[2], box[3] }))];
        var rois_R5 = Rows(rois, 5);
        var gradient = randn([rois.Length, Channels, Bins, Bins], generator: generator);
        List<double> layout = [], forward = [], backward = [];
        for (var repeat = 0; repeat < options.Repeats; repeat++)
        {
            using var step = NewDisposeScope();
            FeatureRows features = null!;
            Tensor output = null!;
            layout.Add(Timing.Of(() => features = new([.. maps], [.. strides.Select(s => (double)s)])).Seconds);
            forward.Add(Timing.Of(() => output = RoiAlign.FromPyramid(features, rois_R5, Bins)).Seconds);
            backward.Add(Timing.Of(() => output.backward([gradient])).Seconds);
        }

        var slow = new SlowRoiAlign([.. maps.Select(m => m.detach().to(ScalarType.Float64).data<double>().ToArray())], Channels, [.. strides.Select(s => (s, Side / s, Side / s))]);
        int[] levels = [.. RoiAlign.LevelOf(rois_R5.narrow(1, 1, 4), strides.Length).data<long>().ToArray().Select(l => (int)l)];
        var gradOut = gradient.to(ScalarType.Float64).data<double>().ToArray();
        yield return Milliseconds("pyramid to rows", layout);
        yield return Milliseconds("RoIAlign", forward);
        yield return Milliseconds("RoIAlign by loops", () => slow.Values(rois, levels, Bins, 0));
        yield return Milliseconds("RoIAlign, gradient", backward);
        yield return Milliseconds("RoIAlign, gradient by loops", () => slow.Gradients(rois, levels, Bins, 0, gradOut));
    }

    private static IEnumerable<Measurement> Proposals(BenchmarkOptions options)
    {
        using var scope = NewDisposeScope();
        var random = Randomness.For(2, RandomPurpose.Testing);
        (float[][] Boxes, float[] Scores, long[] Levels)[] images =
        [
            .. Enumerable.Range(0, Images).Select(image =>
            {
                long[] levels = [.. Strides.SelectMany((stride, level) => Enumerable.Repeat((long)level, Math.Min(PerLevel, 3 * (Side / stride) * (Side / stride))))];
                return (Boxes(image, levels.Length), levels.Select(_ => random.NextSingle()).ToArray(), levels);
            }),
        ];
        (Tensor Boxes, Tensor Scores, Tensor Levels)[] tensors = [.. images.Select(i => (Rows(i.Boxes, 4), tensor(i.Scores), tensor(i.Levels)))];

        yield return Milliseconds("NMS", options, () =>
        {
            foreach (var image in tensors)
            {
                NonMaximumSuppression.KeepPerGroup(image.Boxes, image.Scores, image.Levels, NmsIou);
            }
        });
        yield return Milliseconds("NMS by loops", () =>
        {
            foreach (var image in images)
            {
                SlowNonMaximumSuppression.Keep(image.Boxes, image.Scores, image.Levels, NmsIou);
            }
        });
    }

    private static IEnumerable<Measurement> Assignment(BenchmarkOptions options)
    {
        using var scope = NewDisposeScope();
        var anchors_N4 = cat([.. Strides.Select(s => new AnchorGrid(s, [8], [0.5, 1, 2]).Boxes(Side / s, Side / s))]);
        float[][][] objects = [.. Enumerable.Range(0, Images).Select(ObjectsOf)];
        Tensor[] objects_G4 = [.. objects.Select(o => Rows(o, 4))];
        var labels_G = zeros(Objects, ScalarType.Int64);
        var assigner = new MaxIouAssigner(RpnThresholds);

        yield return Milliseconds("assignment", options, () =>
        {
            foreach (var image in objects_G4)
            {
                assigner.Assign(anchors_N4, image, labels_G);
            }
        });
        float[][] anchors = [.. anchors_N4.data<float>().ToArray().Chunk(4)];
        yield return Milliseconds("assignment by loops", () =>
        {
            foreach (var image in objects)
            {
                SlowAssigner.Assign(anchors, image, [], RpnThresholds);
            }
        });
    }

    private static IEnumerable<Measurement> Masks(BenchmarkOptions options)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var masks_GHW = randint(0, 2, [Objects, Side, Side], ScalarType.Byte, generator: generator);
        var objects_P = randint(0, Objects, [Positives], ScalarType.Int64, generator: generator);
        Tensor[] boxes_P4 = [.. Enumerable.Range(0, Images).Select(image => Rows(Boxes(image, Positives), 4))];
        yield return Milliseconds("mask targets", options, () =>
        {
            foreach (var image in boxes_P4)
            {
                MaskTargets.Of(image, objects_P, masks_GHW);
            }
        });

        var probabilities = rand([Detections, 28, 28], generator: generator);
        var detections_N4 = Rows(Boxes(0, Detections), 4);
        yield return Milliseconds("pasting, one image", options, () => MaskPasting.Paste(probabilities, detections_N4, new PixelSize(Side, Side)));
    }

    private static Measurement Milliseconds(string name, BenchmarkOptions options, Action action)
    {
        List<double> seconds = [];
        for (var repeat = 0; repeat < options.Repeats; repeat++)
        {
            using var scope = NewDisposeScope();
            seconds.Add(Timing.Of(action).Seconds);
        }

        return Milliseconds(name, seconds);
    }

    private static Measurement Milliseconds(string name, List<double> seconds) => new(name, 1000 * Statistics.Median(seconds), "ms");

    private static Measurement Milliseconds(string name, Action once) => new(name, 1000 * Timing.Of(once).Seconds, "ms");

    /// <summary>Objects of sides from 16 pixels to most of the image.</summary>
    private static float[][] ObjectsOf(int image)
    {
        var random = Randomness.For(1, RandomPurpose.Testing, image);
        return [.. Enumerable.Range(0, Objects).Select(_ =>
        {
            var (width, height) = (16 * Math.Exp(random.Uniform(0, 3.2)), 16 * Math.Exp(random.Uniform(0, 3.2)));
            return Box(random.Uniform(0, Side), random.Uniform(0, Side), width, height);
        })];
    }

    private static float[][] Boxes(int image, int count)
    {
        var objects = ObjectsOf(image);
        var random = Randomness.For(1, RandomPurpose.Testing, image, sample: 1);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var around = objects[i % objects.Length];
            var (width, height) = (around[2] - around[0], around[3] - around[1]);
            return Box(
                ((around[0] + around[2]) / 2) + random.NextGaussian(0, width / 4),
                ((around[1] + around[3]) / 2) + random.NextGaussian(0, height / 4),
                width * Math.Exp(random.NextGaussian(0, 0.3)),
                height * Math.Exp(random.NextGaussian(0, 0.3)));
        })];
    }

    private static float[] Box(double x, double y, double width, double height)
    {
        float Clip(double at) => (float)Math.Clamp(at, 0, Side);
        return [Clip(x - (width / 2)), Clip(y - (height / 2)), Clip(x + (width / 2)), Clip(y + (height / 2))];
    }

    private static Tensor Rows(float[][] rows, long columns) => tensor([.. rows.SelectMany(row => row)], [rows.Length, columns]);
}
