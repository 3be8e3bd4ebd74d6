using System.Text.Json;

namespace Poa.Evaluation.Dense.Training;

/// <summary>A file of a checkpoint.</summary>
/// <param name="Name">Its name in the folder.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its hash, lower-case hex.</param>
internal sealed record FineTuningFile(string Name, long Bytes, string Sha256);

/// <summary><c>manifest.json</c> of a fine-tuning checkpoint, written last: a folder without it is no checkpoint.</summary>
internal sealed record FineTuningManifest
{
    public const string FileName = "manifest.json";

    public const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Layout of the folder, <see cref="CurrentFormat"/>.</summary>
    public required int Format { get; init; }

    /// <summary>Steps taken.</summary>
    public required long Iteration { get; init; }

    /// <summary>See <see cref="FineTuningOptions.Description"/>.</summary>
    public required string Description { get; init; }

    /// <summary>Steps skipped so far.</summary>
    public required long Skipped { get; init; }

    /// <summary>Steps skipped immediately before this checkpoint.</summary>
    public required int SkippedInARow { get; init; }

    /// <summary>Threads of the tensor library; another number gives other bits.</summary>
    public required int Threads { get; init; }

    /// <summary>Version of the tensor library.</summary>
    public required string TorchVersion { get; init; }

    /// <summary>Notes so far.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The other files.</summary>
    public required IReadOnlyList<FineTuningFile> Files { get; init; }

    public void Write(string folder) => File.WriteAllBytes(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, Json));

    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="JsonException">It is no such file, or of another format.</exception>
    public static FineTuningManifest Read(string folder)
    {
        var manifest = JsonSerializer.Deserialize<FineTuningManifest>(File.ReadAllBytes(Path.Combine(folder, FileName)), Json);
        return manifest?.Format == CurrentFormat
            ? manifest
            : throw new JsonException($"{FileName} has format {manifest?.Format}, this program reads {CurrentFormat}");
    }
}
