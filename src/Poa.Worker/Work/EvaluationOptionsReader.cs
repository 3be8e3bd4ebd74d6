using System.Globalization;
using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Evaluation.Classification.Knn;

namespace Poa.Worker.Work;

/// <summary>Options of a k-NN evaluation: those of the work item over those of the run's configuration.</summary>
internal static class EvaluationOptionsReader
{
    private static readonly string Known = string.Join(", ", Benchmarks.Describe(Benchmarks.Knn).Options);

    /// <exception cref="PoaException">An option is unknown or its value cannot be read; both are named.</exception>
    public static KnnEvaluationOptions Read(EvaluationWork work, PoaConfiguration configuration)
    {
        var options = KnnEvaluationOptions.From(configuration) with { LoaderThreads = Math.Max(1, Environment.ProcessorCount - 1) };
        foreach (var (name, value) in work.Options)
        {
            try
            {
                options = Apply(options, name, value);
            }
            catch (FormatException e)
            {
                throw Invalid($"The evaluation option {name}={value} cannot be read: {e.Message}");
            }
        }

        try
        {
            options.Classifier.Validate();
        }
        catch (ArgumentException e)
        {
            throw Invalid(e.Message);
        }

        return options;
    }

    private static KnnEvaluationOptions Apply(KnnEvaluationOptions options, string name, string value) => name switch
    {
        "neighbours" => options with { Classifier = options.Classifier with { Ks = [.. value.Split(',').Select(Integer)] } },
        "temperature" => options with { Classifier = options.Classifier with { Temperature = double.Parse(value, CultureInfo.InvariantCulture) } },
        "batch_size" => options with { BatchSize = Integer(value) },
        "image_size" => options with { CropSize = Integer(value) },
        "resize_size" => options with { ResizeSize = Integer(value) },
        "allow_unreadable" => options with { AllowUnreadable = bool.TryParse(value, out var allow) ? allow : throw new FormatException("it must be true or false.") },
        _ => throw Invalid($"There is no evaluation option '{name}'; there are {Known}."),
    };

    private static int Integer(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? value
            : throw new FormatException($"'{text}' is not a positive whole number.");

    private static PoaException Invalid(string message) => new(ErrorCodes.InvalidArgument, message, $"Options of k-NN: {Known}.");
}
