namespace Poa.Evaluation.Latency;

/// <summary>How latency is measured.</summary>
public sealed record LatencyOptions
{
    /// <summary>Images of one forward pass.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>Side of the square images in pixels; a multiple of the network's patch size.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Passes of each network before the measurement.</summary>
    public int WarmUp { get; init; } = 5;

    /// <summary>Measured passes of each network.</summary>
    public int Repetitions { get; init; } = 50;

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="ArgumentException">One is out of range; the message names it.</exception>
    public void Validate()
    {
        Require(BatchSize is >= 1 and <= 4096, "batch_size", BatchSize, "in [1, 4096]");
        Require(ImageSize is >= 1 and <= 4096, "image_size", ImageSize, "in [1, 4096]");
        Require(WarmUp is >= 0 and <= 10_000, "warmup", WarmUp, "in [0, 10000]");
        Require(Repetitions is >= 1 and <= 100_000, "repetitions", Repetitions, "in [1, 100000]");
    }

    private static void Require(bool holds, string name, int value, string range)
    {
        if (!holds)
        {
            throw new ArgumentException($"The latency option {name} is {value}; it must be {range}.");
        }
    }
}
