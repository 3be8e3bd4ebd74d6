using Poa.Data.Datasets;
using Poa.Elastic;
using Poa.Networks;
using Poa.Training.Batching;
using Poa.Training.Exchange;
using Poa.Training.Step;
using static TorchSharp.torch;

namespace Poa.Training.Session;

/// <summary>Takes a few steps of a run as a session takes them, and keeps nothing but their times.</summary>
public static class StepCalibration
{
    /// <summary>Measured steps, at least, unless the time runs out.</summary>
    private const int Least = 3;

    /// <summary>Measured steps, at most.</summary>
    private const int Most = 30;

    /// <summary>With the least number done, the measurement ends after this time.</summary>
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(4);

    /// <summary>Warm-up and measurement each end after this time with the step that runs.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Measures. The steps are those from the begin of the masked-patch loss on, if the run comes to it, since that is how most of its
    /// steps are. The warm-up is one step and as many as batches are prepared ahead, which would be there without waiting.
    /// </summary>
    /// <param name="configuration">Valid, with <c>train.threads</c> settled.</param>
    /// <param name="dataset">The training images.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="time">Measures the steps.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <returns>Seconds of each measured step, waiting for its images included; at least one.</returns>
    /// <exception cref="NotSupportedException">The configuration distils a frozen teacher.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static IReadOnlyList<double> Measure(
        PoaConfiguration configuration, IImageDataset dataset, Device device, TimeProvider time, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(time);
        if (configuration.DistilsFrozenTeacher)
        {
            throw new NotSupportedException("The steps of a run that distils a frozen teacher (seed.loss_weight) cannot be measured beforehand: its teacher comes with the run.");
        }

        TorchRuntime.SetThreads(configuration.Train.Threads);
        var warmUp = (int)Math.Min(1 + configuration.Train.PrefetchBatches, configuration.TotalIterations - 1);
        var most = (int)Math.Min(Most, configuration.TotalIterations - warmUp);
        var first = Math.Min(configuration.IbotActivationIteration, configuration.TotalIterations - warmUp - most);
        using var model = new PoaModel(configuration, device);
        using var source = new BatchSource(dataset, configuration, first);
        var loop = new SessionLoop(configuration, model, new ShardGroup(LoneExchange.Instance, configuration.Train.VirtualShards), time);
        double Step() => loop.Step(source, () => false, cancellationToken)?.Record.Seconds ?? throw new OperationCanceledException(cancellationToken);

        var started = time.GetTimestamp();
        for (var i = 0; i < warmUp && time.GetElapsedTime(started) < Limit; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Step();
        }

        var seconds = new List<double>();
        started = time.GetTimestamp();
        while (seconds.Count < most && time.GetElapsedTime(started) < (seconds.Count < Least ? Limit : Enough))
        {
            cancellationToken.ThrowIfCancellationRequested();
            seconds.Add(Step());
        }

        return seconds;
    }
}
