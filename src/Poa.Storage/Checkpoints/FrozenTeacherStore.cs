namespace Poa.Storage;

/// <summary>
/// The frozen teachers of runs that distil one: <c>runs/{run}/frozen-teacher/</c> with <c>model.safetensors</c> and, written last, <c>manifest.json</c>. A copy,
/// so that a run needs nothing of the run that trained the teacher once it has begun.
/// </summary>
public sealed class FrozenTeacherStore(IBlobStore blobs, TimeProvider? timeProvider = null)
{
    private readonly ArtifactStore<FrozenTeacherManifest> artifacts = new(blobs, ManifestJson.Default.FrozenTeacherManifest);
    private readonly TimeProvider clock = timeProvider ?? TimeProvider.System;

    /// <summary>Uploads the files, then the manifest; repeating it is harmless, as with <see cref="CheckpointStore"/>.</summary>
    /// <exception cref="CheckpointConflictException">The run has another teacher already.</exception>
    /// <exception cref="StorageException">The store fails; the teacher does not exist then.</exception>
    public Task<FrozenTeacherManifest> PublishAsync(
        string run,
        FrozenTeacherOrigin origin,
        IReadOnlyList<ArtifactContent> files,
        string softwareVersion,
        CancellationToken cancellationToken = default) => artifacts.PublishAsync(
            BlobLayout.FrozenTeacher(run),
            files,
            uploaded => new()
            {
                FormatVersion = IArtifactManifest.CurrentFormatVersion,
                Run = run,
                Origin = origin,
                CreatedAt = clock.GetUtcNow(),
                Files = uploaded,
                SoftwareVersion = softwareVersion,
            },
            static (standing, fresh) => standing.Origin != fresh.Origin ? $"it is {standing.Origin}, not {fresh.Origin}" : ArtifactDifference.Between(standing.Files, fresh.Files),
            PublishConflict.Fail,
            cancellationToken);

    /// <returns>The manifest; null if the run has none yet.</returns>
    /// <exception cref="CheckpointDamagedException">Its manifest is damaged.</exception>
    public async Task<FrozenTeacherManifest?> FindAsync(string run, CancellationToken cancellationToken = default) =>
        await artifacts.FindAsync(BlobLayout.FrozenTeacher(run), cancellationToken) is not { } found ? null
            : found.Manifest ?? throw new CheckpointDamagedException(found.Damage!);

    /// <summary>As <see cref="CheckpointStore.DownloadAsync"/>.</summary>
    /// <exception cref="CheckpointDamagedException">A blob is missing or differs; names it, and both hashes.</exception>
    public Task DownloadAsync(FrozenTeacherManifest manifest, string folder, CancellationToken cancellationToken = default) =>
        artifacts.DownloadAsync(manifest, folder, only: null, cancellationToken);
}
