using System.Globalization;

namespace Poa.Storage;

/// <summary>
/// Where a run's things lie in the blob store. Folders end with <c>/</c>. Iterations have ten digits, so that the order of names is
/// the order of iterations.
/// </summary>
public static class BlobLayout
{
    /// <summary>Name of the manifest in its folder.</summary>
    public const string ManifestFile = "manifest.json";

    /// <summary>Largest iteration that fits ten digits.</summary>
    public const long MaxIteration = 9_999_999_999;

    /// <summary>Everything of a run.</summary>
    public static string Run(string run) => $"runs/{BlobName.ValidateSegment(run)}/";

    /// <summary>A file of published weights, by its SHA-256: runs that start from the same file share it.</summary>
    public static string PublishedWeights(string sha256) => $"weights/{BlobName.ValidateSegment($"{sha256}.safetensors")}";

    /// <summary>All checkpoints of a run.</summary>
    public static string Checkpoints(string run) => $"{Run(run)}checkpoints/";

    /// <summary>One checkpoint.</summary>
    public static string Checkpoint(string run, long iteration) => $"{Checkpoints(run)}{Digits(iteration)}/";

    /// <summary>The copy of the frozen teacher that a run distils.</summary>
    public static string FrozenTeacher(string run) => $"{Run(run)}frozen-teacher/";

    /// <summary>All extracted sub-networks of a run.</summary>
    public static string SubNetworks(string run) => $"{Run(run)}subnetworks/";

    /// <summary>One extracted sub-network.</summary>
    public static string SubNetwork(string run, long iteration, string subNetwork) =>
        $"{SubNetworks(run)}{Digits(iteration)}/{BlobName.ValidateSegment(subNetwork)}/";

    /// <summary>
    /// Intermediate checkpoints of one evaluation of one sub-network that is under way; <paramref name="question"/> names benchmark, data and
    /// options.
    /// </summary>
    public static string EvaluationStates(string run, long iteration, string subNetwork, string question) =>
        $"{Run(run)}evaluations/{Digits(iteration)}/{BlobName.ValidateSegment(subNetwork)}/{BlobName.ValidateSegment(question)}/";

    /// <summary>Pictures that belong to the result of one evaluation, beside its <see cref="EvaluationStates"/>.</summary>
    public static string EvaluationPictures(string run, long iteration, string subNetwork, string question) =>
        $"{EvaluationStates(run, iteration, subNetwork, question)}pictures/";

    /// <summary>The metrics log of a run.</summary>
    public static string Metrics(string run) => $"{Run(run)}metrics/";

    /// <summary>The chunk of the metrics log that begins with <paramref name="firstIteration"/>.</summary>
    public static string MetricsChunk(string run, long firstIteration) => $"{Metrics(run)}{Digits(firstIteration)}.jsonl";

    /// <summary>All levels of the metrics of a run, see <see cref="MetricsLog"/>.</summary>
    public static string MetricsLevels(string run) => $"{Run(run)}metrics-levels/";

    /// <summary>The blob with the summed-up metrics that begin with <paramref name="firstIteration"/>, <paramref name="bucket"/> iterations a line.</summary>
    public static string MetricsLevel(string run, int bucket, long firstIteration) =>
        string.Create(CultureInfo.InvariantCulture, $"{MetricsLevels(run)}{bucket}/{Digits(firstIteration)}.jsonl");

    /// <summary>The logs that workers wrote for a run.</summary>
    public static string Logs(string run) => $"{Run(run)}logs/";

    /// <summary>One log of a worker.</summary>
    public static string Log(string run, string name) => $"{Logs(run)}{BlobName.ValidateSegment($"{name}.log")}";

    internal static string Digits(long iteration)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(iteration);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(iteration, MaxIteration);
        return iteration.ToString("D10", CultureInfo.InvariantCulture);
    }

    internal static bool TryIteration(ReadOnlySpan<char> digits, out long iteration) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out iteration) && digits.Length == 10;
}
