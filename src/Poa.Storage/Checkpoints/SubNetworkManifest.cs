namespace Poa.Storage;

/// <summary>What the publisher says about an extracted sub-network.</summary>
public sealed record SubNetworkDescription
{
    /// <summary><see cref="CheckpointManifest.ContentHash"/> of the checkpoint it was taken from.</summary>
    public required string CheckpointHash { get; init; }

    /// <summary>Version of the software that wrote it.</summary>
    public required string SoftwareVersion { get; init; }

    /// <summary>Free facts: parameters, architecture, ... Not compared when a publication is repeated.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();
}

/// <summary>The file <c>manifest.json</c> of an extracted sub-network, written last: without one it does not exist.</summary>
public sealed record SubNetworkManifest : IArtifactManifest
{
    /// <summary>Version of the manifest's form, 1.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>The run's id.</summary>
    public required string Run { get; init; }

    /// <summary>Iteration of the checkpoint that it was taken from.</summary>
    public required long Iteration { get; init; }

    /// <summary>Its name, such as <c>384x12</c>.</summary>
    public required string SubNetwork { get; init; }

    /// <summary><see cref="CheckpointManifest.ContentHash"/> of the checkpoint it was taken from.</summary>
    public required string CheckpointHash { get; init; }

    /// <summary>When it was published, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The files, in ordinal order of their names.</summary>
    public required IReadOnlyList<ArtifactFile> Files { get; init; }

    /// <summary>Version of the software that wrote it.</summary>
    public required string SoftwareVersion { get; init; }

    /// <summary>Free facts.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    string IArtifactManifest.Folder => BlobLayout.SubNetwork(Run, Iteration, SubNetwork);
}
