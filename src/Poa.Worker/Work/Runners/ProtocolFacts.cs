using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Poa.Actors.Abstractions;
using Poa.Data.Imaging;
using Poa.Evaluation;

namespace Poa.Worker.Work.Runners;

/// <summary>Facts of a protocol by name, with what all benchmarks on images have in common.</summary>
internal sealed class ProtocolFacts : Dictionary<string, string>
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Options that decide nothing of the figures, or are told elsewhere.</summary>
    private static readonly HashSet<string> LeftOut = ["loader_threads", "checkpoint_every", EvaluationResult.CheckpointFact];

    /// <summary>Which images were used.</summary>
    public ProtocolFacts AddImages(DataCard train, DataCard test)
    {
        this["train"] = $"{train.Name} ({Text(train.Used)} images)";
        this["train_sha256"] = train.Fingerprint;
        this["test"] = $"{test.Name} ({Text(test.Used)} images)";
        this["test_sha256"] = test.Fingerprint;
        return this;
    }

    /// <summary>How pixels were normalised.</summary>
    public ProtocolFacts AddNormalisation(Normalisation normalisation)
    {
        this["mean"] = string.Join(" ", normalisation.Mean.Select(Text));
        this["deviation"] = string.Join(" ", normalisation.Deviation.Select(Text));
        return this;
    }

    /// <summary>Every value of an options record by its path, such as <c>training.learning_rate</c>; a null is told as none.</summary>
    public ProtocolFacts AddOptions(object options)
    {
        Add("", JsonSerializer.SerializeToElement(options, options.GetType(), Json));
        return this;
    }

    /// <summary>What computed the figures, of which weights.</summary>
    public ProtocolFacts AddMachine(string software, string device, int threads, string? checkpointSha256)
    {
        this["software"] = software;
        this["device"] = device;
        this["threads"] = Text(threads);
        if (checkpointSha256 is not null)
        {
            this[EvaluationResult.CheckpointFact] = checkpointSha256;
        }

        return this;
    }

    /// <summary>A number as it can be read back.</summary>
    public static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A whole number.</summary>
    public static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A share in percent, or that there is none.</summary>
    public static string Percent(double? share) => share is { } known ? (known * 100).ToString("F2", CultureInfo.InvariantCulture) : "none";

    private void Add(string path, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject().Where(property => !LeftOut.Contains(property.Name)))
                {
                    Add(path.Length == 0 ? property.Name : $"{path}.{property.Name}", property.Value);
                }

                break;
            case JsonValueKind.Array when value.EnumerateArray().Any(item => item.ValueKind is JsonValueKind.Object or JsonValueKind.Array):
                foreach (var (i, item) in value.EnumerateArray().Index())
                {
                    Add($"{path}.{Text(i)}", item);
                }

                break;
            case JsonValueKind.Array:
                this[path] = string.Join(" ", value.EnumerateArray().Select(Scalar));
                break;
            default:
                this[path] = Scalar(value);
                break;
        }
    }

    private static string Scalar(JsonElement value) => value.ValueKind == JsonValueKind.Null ? "none" : value.ToString();
}
