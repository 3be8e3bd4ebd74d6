using System.Security.Cryptography;
using System.Text.Json;
using Poa.Elastic;

namespace Poa.Training.Session;

/// <summary>What <c>session.json</c> says about a checkpoint: all that is not a tensor and yet decides how the run goes on.</summary>
public sealed record SessionState
{
    /// <summary>Name of the file in the checkpoint folder.</summary>
    public const string FileName = "session.json";

    /// <summary>The layout of checkpoint folders that this program writes and reads.</summary>
    public const int CurrentFormat = 1;

    private const string ArchitectureKey = "student.arch";

    // Keys that change speed, reporting or where things lie, never a result: a run may go on with other values.
    private static readonly string[] FreeKeys =
        ["MODEL.", "compute_precision.", "evaluation.", "checkpoint.", "train.num_workers", "train.prefetch_batches", "train.log_period",
            "train.output_dir", "train.cache_dataset", "train.dataset_path", "train.saveckp_freq"];

    /// <summary>Layout of the folder, <see cref="CurrentFormat"/>.</summary>
    public required int Format { get; init; }

    /// <summary>Steps taken; the next step has this number.</summary>
    public required long Iteration { get; init; }

    /// <summary>Seed of the run.</summary>
    public required long Seed { get; init; }

    /// <summary>Threads of the tensor library. Another number gives other bits.</summary>
    public required int Threads { get; init; }

    /// <summary>Kind of device the run was on, <c>cpu</c> or <c>cuda</c>.</summary>
    public required string Device { get; init; }

    /// <summary>Every configuration key with its value in YAML.</summary>
    public required IReadOnlyDictionary<string, string> Configuration { get; init; }

    /// <summary>Name of the training images.</summary>
    public required string Dataset { get; init; }

    /// <summary>Fingerprint of the training images.</summary>
    public required string DatasetFingerprint { get; init; }

    /// <summary>Fingerprint of the frozen teacher that the run distils; null if none.</summary>
    public string? FrozenTeacher { get; init; }

    /// <summary>Version of this software.</summary>
    public required string SoftwareVersion { get; init; }

    /// <summary>Version of the tensor library.</summary>
    public required string TorchVersion { get; init; }

    /// <summary>The rollbacks that the run had behind it, and the learning rate that the checkpoint's last steps were taken with.</summary>
    public SessionCourse Course { get; init; } = SessionCourse.Undisturbed;

    /// <summary>How the last steps before it went.</summary>
    public StepHealth Health { get; init; } = StepHealth.Untrained;

    /// <summary>Reads the file of a checkpoint folder.</summary>
    /// <exception cref="CheckpointException">It is missing, is no such file, or has another format.</exception>
    public static SessionState Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            var state = JsonSerializer.Deserialize<SessionState>(File.ReadAllBytes(path), StepRecord.JsonOptions)
                ?? throw new JsonException("it holds null");
            return state.Format == CurrentFormat
                ? state
                : throw new CheckpointException(folder, [$"{FileName} has format {state.Format}, this program reads {CurrentFormat}"]);
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            throw new CheckpointException(folder, [$"{FileName} cannot be read ({error.Message})"], error);
        }
    }

    /// <summary>Hash of all that decides how a run goes on: what members of a formation must agree on.</summary>
    internal byte[] Fingerprint() => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        this with
        {
            Configuration = Configuration.Where(entry => !IsFree(entry.Key)).OrderBy(entry => entry.Key, StringComparer.Ordinal).ToDictionary(),
            Dataset = "", // a name is where the images lie on one machine
        },
        StepRecord.JsonOptions));

    /// <summary>What keeps this state from being continued with a configuration and images; empty if nothing does.</summary>
    internal IReadOnlyList<string> FaultsAgainst(SessionState other) =>
    [
        .. Configuration.Keys.Union(other.Configuration.Keys)
            .Where(key => !IsFree(key))
            .Select(key => (key, was: Configuration.GetValueOrDefault(key) ?? DefaultOf(key, other), now: other.Configuration.GetValueOrDefault(key, "nothing")))
            .Where(entry => entry.was != entry.now)
            .Select(entry => $"it was made with {entry.key} = {entry.was}, the configuration has {entry.now}"),
        .. DatasetFingerprint == other.DatasetFingerprint
            ? Array.Empty<string>()
            : [$"it was made with other images: {Dataset}, fingerprint {DatasetFingerprint}; given are {other.Dataset}, {other.DatasetFingerprint}"],
        .. FrozenTeacher == other.FrozenTeacher
            ? Array.Empty<string>()
            : [$"it was made with the frozen teacher {FrozenTeacher ?? "none"}; given is {other.FrozenTeacher ?? "none"}"],
        .. Course.Rollbacks <= other.Course.Rollbacks
            ? Array.Empty<string>()
            : [$"it was made after {Course.Rollbacks} rollback(s) of the run, this session is to go on after {other.Course.Rollbacks}"],
        .. Device == other.Device ? Array.Empty<string>() : [$"it was made on {Device}, this session is on {other.Device}, which gives other bits"],
    ];

    // A key that the checkpoint's version did not have: what it did then is what the default does now.
    private static string DefaultOf(string key, SessionState other) =>
        PoaConfiguration.Load([], [$"{ArchitectureKey}={other.Configuration[ArchitectureKey]}"]).Values().ToDictionary().GetValueOrDefault(key, "nothing");

    private static bool IsFree(string key) => FreeKeys.Any(free => key.StartsWith(free, StringComparison.Ordinal));
}
