using System.Globalization;
using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Evaluation.Latency;

namespace Poa.Worker.Work;

/// <summary>Options of a latency measurement: those of the work item, else the run's image size and our defaults.</summary>
internal static class LatencyOptionsReader
{
    private static readonly string Known = string.Join(", ", Benchmarks.Describe(Benchmarks.Latency).Options);
    private const int MaxThreads = 4096;

    /// <summary>Reads them.</summary>
    /// <returns>The options, and the number of threads; 0 for the worker's default.</returns>
    /// <exception cref="PoaException">An option is unknown or its value is out of range; both are named.</exception>
    public static (LatencyOptions Options, int Threads) Read(EvaluationWork work, PoaConfiguration configuration)
    {
        var options = new LatencyOptions { ImageSize = configuration.Crops.GlobalCropsSize };
        var threads = 0;
        foreach (var (name, text) in work.Options)
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                throw Invalid($"The latency option {name}={text} is not a whole number.");
            }

            switch (name)
            {
                case "threads" when value is >= 1 and <= MaxThreads:
                    threads = value;
                    break;
                case "threads":
                    throw Invalid($"The latency option threads is {value}; it must be in [1, {MaxThreads}].");
                default:
                    options = Apply(options, name, value);
                    break;
            }
        }

        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            throw Invalid(e.Message);
        }

        return options.ImageSize % configuration.Student.PatchSize == 0 ? (options, threads) : throw Invalid(
            $"The latency option image_size is {options.ImageSize}; it must be a multiple of the patch size {configuration.Student.PatchSize}.");
    }

    private static LatencyOptions Apply(LatencyOptions options, string name, int value) => name switch
    {
        "batch_size" => options with { BatchSize = value },
        "image_size" => options with { ImageSize = value },
        "warmup" => options with { WarmUp = value },
        "repetitions" => options with { Repetitions = value },
        _ => throw Invalid($"There is no latency option '{name}'; there are {Known}."),
    };

    private static PoaException Invalid(string message) => new(ErrorCodes.InvalidArgument, message, $"Options of latency: {Known}.");
}
