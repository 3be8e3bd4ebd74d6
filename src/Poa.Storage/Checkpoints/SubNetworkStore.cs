using System.Runtime.CompilerServices;

namespace Poa.Storage;

/// <summary>
/// Extracted sub-networks: <c>runs/{run}/subnetworks/{iteration}/{name}/</c> with <c>model.safetensors</c>, <c>config.json</c>,
/// <c>README.md</c> (the model card) and, written last, <c>manifest.json</c>.
/// </summary>
public sealed class SubNetworkStore(IBlobStore blobs, TimeProvider? timeProvider = null)
{
    private readonly ArtifactStore<SubNetworkManifest> artifacts = new(blobs, ManifestJson.Default.SubNetworkManifest);
    private readonly TimeProvider clock = timeProvider ?? TimeProvider.System;

    /// <summary>Uploads the files, then the manifest; repeating it is harmless, as with <see cref="CheckpointStore"/>.</summary>
    /// <exception cref="CheckpointConflictException">Other content stands there, and <paramref name="conflict"/> is Fail.</exception>
    /// <exception cref="StorageException">The store fails; the sub-network does not exist then.</exception>
    public Task<SubNetworkManifest> PublishAsync(
        string run,
        long iteration,
        string subNetwork,
        IReadOnlyList<ArtifactContent> files,
        SubNetworkDescription description,
        PublishConflict conflict = PublishConflict.Fail,
        CancellationToken cancellationToken = default) => artifacts.PublishAsync(
            BlobLayout.SubNetwork(run, iteration, subNetwork),
            files,
            uploaded => new()
            {
                FormatVersion = IArtifactManifest.CurrentFormatVersion,
                Run = run,
                Iteration = iteration,
                SubNetwork = subNetwork,
                CheckpointHash = description.CheckpointHash,
                CreatedAt = clock.GetUtcNow(),
                Files = uploaded,
                SoftwareVersion = description.SoftwareVersion,
                Properties = description.Properties,
            },
            static (standing, fresh) => standing.CheckpointHash != fresh.CheckpointHash
                ? $"it was taken from the checkpoint with hash {standing.CheckpointHash}, not {fresh.CheckpointHash}"
                : ArtifactDifference.Between(standing.Files, fresh.Files),
            conflict,
            cancellationToken);

    /// <returns>The manifest; null if this sub-network was not extracted.</returns>
    /// <exception cref="CheckpointDamagedException">Its manifest is damaged.</exception>
    public async Task<SubNetworkManifest?> FindAsync(string run, long iteration, string subNetwork, CancellationToken cancellationToken = default) =>
        await artifacts.FindAsync(BlobLayout.SubNetwork(run, iteration, subNetwork), cancellationToken) is not { } found ? null
            : found.Manifest ?? throw new CheckpointDamagedException(found.Damage!);

    /// <summary>
    /// All extracted sub-networks of the run, in order of iteration, then of name; those with a damaged manifest go to
    /// <paramref name="report"/> instead.
    /// </summary>
    public async IAsyncEnumerable<SubNetworkManifest> ListAsync(
        string run, Action<ArtifactDamage>? report = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var blob in blobs.ListAsync(BlobLayout.SubNetworks(run), cancellationToken))
        {
            if (blob.Name.EndsWith("/" + BlobLayout.ManifestFile, StringComparison.Ordinal))
            {
                var found = await artifacts.FindAsync(blob.Name[..^BlobLayout.ManifestFile.Length], cancellationToken);
                if (found?.Manifest is { } manifest)
                {
                    yield return manifest;
                }
                else if (found?.Damage is { } damage)
                {
                    report?.Invoke(damage);
                }
            }
        }
    }

    /// <summary>As <see cref="CheckpointStore.DownloadAsync"/>.</summary>
    /// <exception cref="CheckpointDamagedException">A blob is missing or differs; names it, and both hashes.</exception>
    public Task DownloadAsync(
        SubNetworkManifest manifest, string folder, IReadOnlySet<string>? only = null, CancellationToken cancellationToken = default) =>
        artifacts.DownloadAsync(manifest, folder, only, cancellationToken);

    /// <summary>As <see cref="CheckpointStore.VerifyAsync"/>.</summary>
    public Task<IReadOnlyList<ArtifactDamage>> VerifyAsync(SubNetworkManifest manifest, CancellationToken cancellationToken = default) =>
        artifacts.VerifyAsync(manifest, cancellationToken);
}
