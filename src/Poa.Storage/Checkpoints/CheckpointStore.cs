using System.Runtime.CompilerServices;

namespace Poa.Storage;

/// <summary>A checkpoint fetched and verified.</summary>
/// <param name="Manifest">What it is.</param>
/// <param name="Folder">Where its files lie.</param>
/// <param name="Damaged">Newer checkpoints that were passed over, newest first.</param>
public sealed record OpenedCheckpoint(CheckpointManifest Manifest, string Folder, IReadOnlyList<ArtifactDamage> Damaged);

/// <summary>
/// Checkpoints of training runs: <c>runs/{run}/checkpoints/{iteration}/</c> with files and, written last, <c>manifest.json</c>; one
/// without a manifest does not exist. One publisher per run at a time is the caller's affair (its lease); readers may be many.
/// </summary>
public sealed partial class CheckpointStore(IBlobStore blobs, TimeProvider? timeProvider = null)
{
    private readonly ArtifactStore<CheckpointManifest> artifacts = new(blobs, ManifestJson.Default.CheckpointManifest);
    private readonly TimeProvider clock = timeProvider ?? TimeProvider.System;

    /// <summary>
    /// Uploads the files, then the manifest. Repeating it with the same files and configuration is harmless, and writes again what was
    /// lost or damaged meanwhile (all is read and verified). Blobs left by an interrupted publication are overwritten or removed.
    /// </summary>
    /// <exception cref="CheckpointConflictException">Other content stands there, and <paramref name="conflict"/> is Fail.</exception>
    /// <exception cref="StorageException">The store fails; the checkpoint does not exist then.</exception>
    public Task<CheckpointManifest> PublishAsync(
        string run,
        long iteration,
        IReadOnlyList<ArtifactContent> files,
        CheckpointDescription description,
        PublishConflict conflict = PublishConflict.Fail,
        CancellationToken cancellationToken = default) => artifacts.PublishAsync(
            BlobLayout.Checkpoint(run, iteration),
            files,
            uploaded => new()
            {
                FormatVersion = IArtifactManifest.CurrentFormatVersion,
                Run = run,
                Iteration = iteration,
                Configuration = description.Configuration,
                CreatedAt = clock.GetUtcNow(),
                Files = uploaded,
                Parent = description.Parent,
                SoftwareVersion = description.SoftwareVersion,
                Properties = description.Properties,
            },
            static (standing, fresh) => standing.Configuration.Fingerprint != fresh.Configuration.Fingerprint
                ? $"its configuration has the fingerprint {standing.Configuration.Fingerprint}, not {fresh.Configuration.Fingerprint}"
                : ArtifactDifference.Between(standing.Files, fresh.Files),
            conflict,
            cancellationToken);

    /// <summary>As the other overload, with all files directly in <paramref name="folder"/>.</summary>
    public Task<CheckpointManifest> PublishAsync(
        string run,
        long iteration,
        string folder,
        CheckpointDescription description,
        PublishConflict conflict = PublishConflict.Fail,
        CancellationToken cancellationToken = default) =>
        PublishAsync(run, iteration, ArtifactContent.FromFolder(folder), description, conflict, cancellationToken);

    /// <summary>Iterations that have a manifest (readable or not), ascending; reads names only.</summary>
    public async IAsyncEnumerable<long> ListIterationsAsync(string run, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var prefix = BlobLayout.Checkpoints(run);
        await foreach (var blob in blobs.ListAsync(prefix, cancellationToken))
        {
            if (blob.Name.AsSpan(prefix.Length).EndsWith("/" + BlobLayout.ManifestFile)
                && BlobLayout.TryIteration(blob.Name.AsSpan(prefix.Length)[..^(BlobLayout.ManifestFile.Length + 1)], out var iteration))
            {
                yield return iteration;
            }
        }
    }

    /// <summary>The run's checkpoints by iteration; those whose manifest is damaged go to <paramref name="report"/> instead.</summary>
    public async Task<IReadOnlyList<CheckpointManifest>> ListAsync(
        string run, Action<ArtifactDamage>? report = null, CancellationToken cancellationToken = default)
    {
        var manifests = new List<CheckpointManifest>();
        await foreach (var iteration in ListIterationsAsync(run, cancellationToken))
        {
            switch (await artifacts.FindAsync(BlobLayout.Checkpoint(run, iteration), cancellationToken))
            {
                case { Manifest: { } manifest }:
                    manifests.Add(manifest);
                    break;
                case { Damage: { } damage }:
                    report?.Invoke(damage);
                    break;
            }
        }

        return manifests;
    }

    /// <returns>The checkpoint's manifest; null if there is no such checkpoint.</returns>
    /// <exception cref="CheckpointDamagedException">Its manifest is damaged.</exception>
    public async Task<CheckpointManifest?> FindAsync(string run, long iteration, CancellationToken cancellationToken = default) =>
        await artifacts.FindAsync(BlobLayout.Checkpoint(run, iteration), cancellationToken) is not { } found ? null
            : found.Manifest ?? throw new CheckpointDamagedException(found.Damage!);

    /// <summary>
    /// Fetches the files (or <paramref name="only"/> some) into <paramref name="folder"/>. Hashes are verified on the way; a file takes
    /// its name when it was found right, and one that is there already with the right content is not fetched again.
    /// </summary>
    /// <exception cref="CheckpointDamagedException">A blob is missing or differs; names it, and both hashes.</exception>
    public Task DownloadAsync(
        CheckpointManifest manifest, string folder, IReadOnlySet<string>? only = null, CancellationToken cancellationToken = default) =>
        artifacts.DownloadAsync(manifest, folder, only, cancellationToken);

    /// <summary>Reads all files in full; a store that crashed may have lost what it had acknowledged.</summary>
    /// <returns>What is missing or damaged; empty if all is well. Publishing again repairs it.</returns>
    public Task<IReadOnlyList<ArtifactDamage>> VerifyAsync(CheckpointManifest manifest, CancellationToken cancellationToken = default) =>
        artifacts.VerifyAsync(manifest, cancellationToken);

    /// <summary>
    /// Fetches the newest good checkpoint into <c>folder/{iteration}</c>, of those that <paramref name="accepts"/> takes (all, if null). Damaged
    /// ones are reported, and the one before is tried.
    /// </summary>
    /// <returns>The checkpoint; null if there is none.</returns>
    /// <exception cref="CheckpointDamagedException">The run has checkpoints, but each is damaged; this is the newest one's damage.</exception>
    public async Task<OpenedCheckpoint?> OpenLatestAsync(
        string run,
        string folder,
        Action<ArtifactDamage>? report = null,
        Func<CheckpointManifest, bool>? accepts = null,
        CancellationToken cancellationToken = default)
    {
        var damaged = new List<ArtifactDamage>();
        var iterations = new List<long>();
        await foreach (var iteration in ListIterationsAsync(run, cancellationToken))
        {
            iterations.Add(iteration);
        }

        foreach (var iteration in Enumerable.Reverse(iterations))
        {
            var target = Path.Combine(folder, BlobLayout.Digits(iteration));
            try
            {
                if (await FindAsync(run, iteration, cancellationToken) is { } manifest && accepts?.Invoke(manifest) != false)
                {
                    await DownloadAsync(manifest, target, null, cancellationToken);
                    return new(manifest, target, damaged);
                }
            }
            catch (CheckpointDamagedException e)
            {
                damaged.Add(e.Damage);
                report?.Invoke(e.Damage);
                if (Directory.Exists(target))
                {
                    Directory.Delete(target, recursive: true);
                }
            }
        }

        return damaged.Count == 0 ? null : throw new CheckpointDamagedException(damaged[0]);
    }
}
