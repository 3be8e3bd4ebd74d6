namespace Poa.Storage;

/// <summary>A file of a checkpoint or of an extracted sub-network, as its manifest states it.</summary>
/// <param name="Name">File name, one segment, such as <c>teacher.safetensors</c>.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">64 lower-case hex digits.</param>
public sealed record ArtifactFile(string Name, long Size, string Sha256);

/// <summary>The configuration that a run was started with.</summary>
/// <param name="Fingerprint">SHA-256 of the canonical YAML, lower-case hex.</param>
/// <param name="Yaml">The whole text.</param>
public sealed record ConfigurationText(string Fingerprint, string Yaml);

/// <summary>What the publisher says about a checkpoint; the files' sizes and hashes are found while uploading.</summary>
public sealed record CheckpointDescription
{
    /// <summary>The run's configuration.</summary>
    public required ConfigurationText Configuration { get; init; }

    /// <summary>Version of the software that wrote it.</summary>
    public required string SoftwareVersion { get; init; }

    /// <summary>Iteration of the checkpoint that this one was trained on from; null for the first.</summary>
    public long? Parent { get; init; }

    /// <summary>Free facts: thread count, device, loss, ... Not compared when a publication is repeated.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();
}

/// <summary>
/// The file <c>manifest.json</c> of a checkpoint, written last: a checkpoint without one does not exist.
/// </summary>
public sealed record CheckpointManifest : IArtifactManifest
{
    /// <summary>Version of the manifest's form, 1.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>The run's id.</summary>
    public required string Run { get; init; }

    /// <summary>Training steps done; 0 is the untrained network.</summary>
    public required long Iteration { get; init; }

    /// <summary>The run's configuration.</summary>
    public required ConfigurationText Configuration { get; init; }

    /// <summary>When it was published, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The files, in ordinal order of their names.</summary>
    public required IReadOnlyList<ArtifactFile> Files { get; init; }

    /// <summary>Iteration of the checkpoint that this one was trained on from; null for the first.</summary>
    public long? Parent { get; init; }

    /// <summary>Version of the software that wrote it.</summary>
    public required string SoftwareVersion { get; init; }

    /// <summary>Free facts.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    string IArtifactManifest.Folder => BlobLayout.Checkpoint(Run, Iteration);

    /// <summary>
    /// SHA-256 over names, sizes and hashes of the files, lower-case hex: names the content, whenever and wherever it was published.
    /// This is the checkpoint hash of an evaluation's protocol.
    /// </summary>
    public string ContentHash() => ArtifactHash.Of(Files);
}
