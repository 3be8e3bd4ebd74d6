using Poa.Elastic;
using Poa.Evaluation.Dense;
using Poa.Evaluation.Dense.Backbones;
using Poa.Evaluation.Dense.Optimisation;
using Poa.Evaluation.Dense.Training;
using Poa.Evaluation.Detection;
using Poa.Evaluation.Detection.Data;
using Poa.Evaluation.Detection.Networks;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Benchmarks;

/// <summary>
/// Training steps of the paper's detector (all sizes as in its COCO protocol, 80 classes) on a ViT of width 384 and 12 blocks: two images of 512 x 512,
/// 8 objects each. After each step its matrix products and convolutions are run by themselves, with the shapes of that very step; what
/// the step takes beyond them is the share outside.
/// </summary>
internal static class DetectorStepBenchmark
{
    private const int WarmUp = 1;
    private const int Batch = 2;
    private const int Side = 512;
    private const int Width = 384;
    private const int Depth = 12;
    private const int Classes = 80;
    private const int Objects = 8;

    public static Report Run(BenchmarkOptions options)
    {
        var settings = new DetectorOptions();
        using var detector = MakeDetector(settings);
        var groups = new LayerDecay { LearningRate = 3e-4, Rate = 0.7 }.Groups(detector, detector.backbone);
        using var state = new FineTuningState(detector, groups);
        using var batch = Scene();
        var clock = new Clock();
        var stages = new List<(long, long)>();
        var probe = new DetectorProbe(phase => clock.Mark(phase.ToString()), (regions, positives) => stages.Add((regions, positives)));
        var runs = new List<(Timing Step, Timing Products, double GigaFlops)>();
        for (var iteration = 0; iteration < WarmUp + options.Repeats; iteration++)
        {
            stages.Clear();
            clock.Start(count: iteration >= WarmUp);
            var step = Timing.Of(() => Step(detector, state, batch, iteration, probe, clock));
            var products = new DetectorProducts(settings, Batch, Side, Width, Depth, Classes, stages);
            var alone = products.Measure();
            if (iteration >= WarmUp)
            {
                runs.Add((step, alone, products.GigaFlops));
            }
        }

        double Median(Func<(Timing Step, Timing Products, double GigaFlops), double> figure) => Statistics.Median(runs.Select(figure));
        return new(
            "detector-step",
            $"Cascade Mask R-CNN on {Width}x{Depth}, {Batch} images of {Side} x {Side}, regions / positives of the last step {string.Join(", ", stages.Select(s => $"{s.Item1} / {s.Item2}"))}, {options.Threads} threads, medians of {options.Repeats} steps after {WarmUp}",
            [
                new("step", Median(r => r.Step.Seconds), "s"),
                new("products alone", Median(r => r.Products.Seconds), "s"),
                new("outside of products", 100 * Median(r => 1 - (r.Products.Seconds / r.Step.Seconds)), "%"),
                new("step, processor time", Median(r => r.Step.ProcessorSeconds), "s"),
                new("products, processor time", Median(r => r.Products.ProcessorSeconds), "s"),
                new("outside by processor time", 100 * Median(r => 1 - (r.Products.ProcessorSeconds / r.Step.ProcessorSeconds)), "%"),
                new("products", Median(r => r.GigaFlops), "GFLOP"),
                new("achieved", Median(r => r.GigaFlops / r.Step.Seconds), "GFLOP/s"),
                .. clock.Medians(),
            ]);
    }

    private static void Step(Detector detector, FineTuningState state, DetectionBatch batch, long iteration, DetectorProbe probe, Clock clock)
    {
        using var scope = NewDisposeScope();
        state.KeepBuffers();
        state.Optimiser.ClearGradients();
        var total = detector.Losses(batch, new StepKey(1, iteration), probe).Select(term => term.Value).Aggregate((sum, term) => sum + term);
        total.backward();
        clock.Mark("Backward");
        if (state.Optimiser.AreGradientsFinite())
        {
            state.Optimiser.Step(parameters => parameters.LearningRate);
        }

        clock.Mark("Update");
    }

    private static Detector MakeDetector(DetectorOptions settings)
    {
        using var teacher = new ElasticViT(new() { MinEmbedDim = Width, MaxEmbedDim = Width, MinDepth = Depth, MaxDepth = Depth }, seed: 1);
        using var weights = ExtractedWeights.Of(teacher, new(Width, Depth));
        var backbone = new ViTBackbone((PlainViTConfiguration)weights.Configuration, weights.Tensors, "benchmark", new() { PositionSkip = PositionSkip.EqualGrid });
        var detector = new Detector(backbone, Classes, settings, seed: 1, CPU);
        detector.train();
        return detector;
    }

    private static DetectionBatch Scene()
    {
        using var scope = NewDisposeScope();
        var size = new PixelSize(Side, Side);
        var truths = Enumerable.Range(0, Batch).Select(image =>
        {
            var random = Randomness.For(5, RandomPurpose.Testing, 0, image);
            var (boxes, labels, masks) = (new float[Objects, 4], new long[Objects], zeros([Objects, Side, Side], ScalarType.Byte));
            for (var i = 0; i < Objects; i++)
            {
                var (width, height) = (random.NextInt32(32, 256), random.NextInt32(32, 256));
                var (x, y) = (random.NextInt32(Side - width), random.NextInt32(Side - height));
                (boxes[i, 0], boxes[i, 1], boxes[i, 2], boxes[i, 3], labels[i]) = (x, y, x + width, y + height, random.NextInt32(Classes));
                masks[i].narrow(0, y, height).narrow(1, x, width).fill_(1);
            }

            return new ImageTruth(tensor(boxes), tensor(labels), masks, zeros(0, 4));
        });
        return new DetectionBatch(
            randn(Batch, 3, Side, Side, generator: new Generator(2)), [.. Enumerable.Repeat(new BatchImage(size, size), Batch)], [.. truths]).Detached();
    }

    /// <summary>Processor time of each phase of a step.</summary>
    private sealed class Clock
    {
        private readonly Dictionary<string, List<double>> seconds = [];
        private TimeSpan last;
        private bool counted;

        public void Start(bool count) => (last, counted) = (Environment.CpuUsage.TotalTime, count);

        public void Mark(string phase)
        {
            if (counted)
            {
                if (!seconds.TryGetValue(phase, out var own))
                {
                    seconds.Add(phase, own = []);
                }

                own.Add((Environment.CpuUsage.TotalTime - last).TotalSeconds);
            }

            last = Environment.CpuUsage.TotalTime;
        }

        public IEnumerable<Measurement> Medians() => seconds.Select(p => new Measurement($"  of it {p.Key}", Statistics.Median(p.Value), "s of processor time"));
    }
}
