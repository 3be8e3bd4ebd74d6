using Poa.Actors.Abstractions;
using Poa.Data.Datasets;
using Poa.Networks;
using Poa.Training.Session;
using Poa.Worker.Data;
using Poa.Worker.Devices;
using Poa.Worker.Execution;
using TorchSharp;

namespace Poa.Worker.Work;

/// <summary>Measures a few training steps on the device; publishes nothing.</summary>
internal sealed class CalibrationHandler(DataAccess access, TimeProvider time) : IWorkHandler
{
    /// <inheritdoc/>
    public bool Handles(WorkItem work) => work is CalibrationWork;

    /// <inheritdoc/>
    public async Task<WorkCompletion> ExecuteAsync(WorkContext context)
    {
        var work = (CalibrationWork)context.Lease.Work;
        var started = time.GetTimestamp();
        var configuration = RunConfiguration.Parse(work.ConfigurationYaml);
        var threads = context.Device.ThreadsFor(configuration.Train.Threads);
        configuration = configuration with { Train = configuration.Train with { Threads = threads } };
        var dataset = new CachedImageDataset(access.Open(work.Data), TrainingHandler.ImageCacheBytes);
        var (seconds, peak) = await context.Device.RunAsync(
            threads,
            device =>
            {
                using var scope = torch.NewDisposeScope();
                // On a CPU the process's memory is the device's; a card's own memory the tensor library does not tell.
                var isCounted = device.type == DeviceType.CPU && ProcessMemory.ResetPeak();
                var measured = StepCalibration.Measure(configuration, dataset, device, time, context.Stop.Token);
                return (measured, isCounted ? ProcessMemory.Peak() : null);
            },
            context.Stop.Token).ConfigureAwait(false);
        TorchRuntime.ReleaseMemory();
        var mean = seconds.Average();
        return new WorkCompletion
        {
            Cost = new WorkCost(time.GetElapsedTime(started), (long)seconds.Count * configuration.Train.BatchSizePerGpu, seconds.Count, context.Lease.Device),
            Calibration = new CalibrationResult
            {
                SecondsPerStep = mean,
                FastestStep = seconds.Min(),
                SlowestStep = seconds.Max(),
                MeasuredSteps = seconds.Count,
                ImagesPerSecond = configuration.Train.BatchSizePerGpu / mean,
                TotalSteps = configuration.TotalIterations,
                PeakMemory = peak,
                Shard = context.Lease.Shard,
                Threads = threads,
                SoftwareVersion = SoftwareVersion.Product,
                Images = dataset.Count,
            },
        };
    }
}
