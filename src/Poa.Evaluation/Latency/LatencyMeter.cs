using Poa.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Evaluation.Latency;

/// <summary>
/// Times forward passes of plain networks on the calling thread. Networks take turns, pass by pass, so that whatever else the
/// machine does meanwhile, and its clock, hit all of them alike.
/// </summary>
/// <param name="options">How.</param>
/// <param name="time">The clock.</param>
public sealed class LatencyMeter(LatencyOptions options, TimeProvider time)
{
    /// <summary>Measures.</summary>
    /// <param name="networks">Networks with their weights on <paramref name="device"/>.</param>
    /// <param name="device">Where they are.</param>
    /// <param name="onRound">Told of passes done and passes in all after each round.</param>
    /// <param name="cancellationToken">Stops between two passes.</param>
    /// <returns>Figures of each network, in their order.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or the image size does not fit the patches.</exception>
    public IReadOnlyList<LatencyFigures> Measure(
        IReadOnlyList<PlainNetwork> networks, Device device, Action<long, long>? onRound = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(networks);
        options.Validate();
        if (networks.FirstOrDefault(network => options.ImageSize % network.Configuration.SizeDivisor != 0) is { } misfit)
        {
            throw new ArgumentException(
                $"The latency option image_size is {options.ImageSize}; it must be a multiple of the patch size {misfit.Configuration.SizeDivisor}.");
        }

        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var times = networks.Select(_ => new List<double>(options.Repetitions)).ToArray();
        long rounds = options.WarmUp + options.Repetitions;
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (i, network) in networks.Index())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var milliseconds = Pass(network, device);
                if (round >= options.WarmUp)
                {
                    times[i].Add(milliseconds);
                }
            }

            onRound?.Invoke((round + 1) * networks.Count, rounds * networks.Count);
        }

        return [.. times.Select(LatencyFigures.Of)];
    }

    private double Pass(PlainNetwork network, Device device)
    {
        using var scope = NewDisposeScope();
        // What the pixels are does not matter for the time, as long as they are ordinary numbers.
        long[] shape = [options.BatchSize, network.Configuration.InChannels, options.ImageSize, options.ImageSize];
        var images_BCHW = linspace(-2, 2, shape.Aggregate((a, b) => a * b), device: device).view(shape);
        Synchronise(device);
        var started = time.GetTimestamp();
        network.Forward(images_BCHW);
        Synchronise(device);
        return time.GetElapsedTime(started).TotalMilliseconds;
    }

    /// <summary>A graphics card works through a queue: the time is that of the work, not of queueing it.</summary>
    private static void Synchronise(Device device)
    {
        if (device.type == DeviceType.CUDA)
        {
            cuda.synchronize(device);
        }
    }
}
