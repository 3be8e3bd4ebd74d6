namespace Poa.Storage;

/// <summary>Where a frozen teacher comes from.</summary>
/// <param name="Run">The run that trained it.</param>
/// <param name="Iteration">Iteration of the checkpoint.</param>
/// <param name="SubNetwork">Its name, such as <c>384x12</c>.</param>
/// <param name="CheckpointHash"><see cref="CheckpointManifest.ContentHash"/> of the checkpoint.</param>
public sealed record FrozenTeacherOrigin(string Run, long Iteration, string SubNetwork, string CheckpointHash);

/// <summary>The file <c>manifest.json</c> of a run's frozen teacher, written last: without one it does not exist.</summary>
public sealed record FrozenTeacherManifest : IArtifactManifest
{
    /// <summary>Version of the manifest's form, 1.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>Id of the run that distils it.</summary>
    public required string Run { get; init; }

    /// <summary>Where it comes from.</summary>
    public required FrozenTeacherOrigin Origin { get; init; }

    /// <summary>When it was published, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The files, in ordinal order of their names.</summary>
    public required IReadOnlyList<ArtifactFile> Files { get; init; }

    /// <summary>Version of the software that wrote it.</summary>
    public required string SoftwareVersion { get; init; }

    /// <inheritdoc/>
    string IArtifactManifest.Folder => BlobLayout.FrozenTeacher(Run);
}
