using Poa.Elastic;
using Poa.Networks;
using Poa.Training.Batching;
using Poa.Training.Step;
using static TorchSharp.torch;

namespace Poa.Benchmarks;

/// <summary>
/// Training steps of a preset on synthetic images, without the data pipeline (batches are made beforehand). After each step one
/// matrix product is timed, and both medians are compared.
/// </summary>
internal static class StepBenchmark
{
    private const int WarmUp = 2;
    private const int SyntheticCount = 256;

    public static Report Run(BenchmarkOptions options)
    {
        var configuration = ConfigurationPresets.Load(options.Preset, [$"train.threads={options.Threads}", $"train.num_workers={options.Threads}"]);
        var schedules = new TrainingSchedules(configuration);
        var sampler = configuration.ElasticSampler();
        var work = new StepWork(configuration);
        var device = TorchRuntime.ParseDevice(options.Device ?? "cpu");
        using var model = new PoaModel(configuration, device);
        var phases = new PhaseClock();
        var step = new TrainingStep(model, phases.Mark);
        using var peak = new MatmulPeak(device);
        var runs = new List<(Timing Step, double GigaFlops, Timing Product)>();

        var batches = Batches(configuration, WarmUp + options.Repeats, device);
        foreach (var batch in batches)
        {
            var elastic = sampler.At(batch.Iteration);
            var schedule = ScheduleOf(schedules, configuration, batch.Iteration);
            phases.Start(count: batch.Iteration >= WarmUp);
            var timing = Timing.On(device, () => step.Run(batch, elastic, schedule));
            var product = peak.Measure();
            if (batch.Iteration >= WarmUp)
            {
                runs.Add((timing, work.Flops(elastic, schedule.MasksActive ? batch.MaskIndices.shape[0] : 0) / 1e9, product));
            }

            batch.Dispose();
        }

        double Median(Func<(Timing Step, double GigaFlops, Timing Product), double> figure) => Statistics.Median(runs.Select(figure));
        return new(
            "step",
            $"preset {options.Preset}, batch {configuration.Train.BatchSizePerGpu}, {options.Threads} threads, {device}, data loading not included, medians of {options.Repeats} steps after {WarmUp}",
            [
                new("training", configuration.Train.BatchSizePerGpu / Median(r => r.Step.Seconds), "images/s"),
                new("step", Median(r => r.Step.Seconds), "s"),
                new("achieved", Median(r => r.GigaFlops / r.Step.Seconds), "GFLOP/s"),
                new("matrix-multiply peak", Median(r => MatmulPeak.GigaFlops / r.Product.Seconds), "GFLOP/s"),
                new("share of the peak", 100 * Median(r => r.GigaFlops / r.Step.Seconds / (MatmulPeak.GigaFlops / r.Product.Seconds)), "%"),
                new("step, processor time", Median(r => r.Step.ProcessorSeconds), "s"),
                new("share by processor time", 100 * Median(r => r.GigaFlops / r.Step.ProcessorSeconds / (MatmulPeak.GigaFlops / r.Product.ProcessorSeconds)), "%"),
                .. phases.Medians(),
            ]);
    }

    private static List<TrainingBatch> Batches(PoaConfiguration configuration, int count, Device device)
    {
        using var source = new BatchSource(new SyntheticImages(SyntheticCount, configuration.Crops.GlobalCropsSize), configuration);
        return [.. Enumerable.Range(0, count).Select(_ => source.Next(device))];
    }

    private static StepSchedule ScheduleOf(TrainingSchedules schedules, PoaConfiguration configuration, long iteration) => new(
        schedules.LearningRate(iteration),
        schedules.LastLayerLearningRate(iteration),
        schedules.WeightDecay(iteration),
        schedules.TeacherTemperature(iteration),
        schedules.TeacherMomentum(iteration),
        iteration >= configuration.IbotActivationIteration);

    /// <summary>Processor time of each phase of a step.</summary>
    private sealed class PhaseClock
    {
        private readonly Dictionary<StepPhase, List<double>> seconds = Enum.GetValues<StepPhase>().ToDictionary(p => p, _ => new List<double>());
        private TimeSpan last;
        private bool counted;

        public void Start(bool count) => (last, counted) = (Environment.CpuUsage.TotalTime, count);

        public void Mark(StepPhase phase)
        {
            if (counted)
            {
                seconds[phase].Add((Environment.CpuUsage.TotalTime - last).TotalSeconds);
            }

            last = Environment.CpuUsage.TotalTime;
        }

        public IEnumerable<Measurement> Medians() => seconds.Select(p => new Measurement($"  of it {p.Key}", Statistics.Median(p.Value), "s of processor time"));
    }
}
