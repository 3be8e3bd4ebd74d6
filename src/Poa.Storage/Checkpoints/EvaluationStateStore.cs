namespace Poa.Storage;

/// <summary>
/// Intermediate checkpoints of evaluations that train: <c>runs/{run}/evaluations/{iteration}/{sub-network}/{question}/{step}/</c> with
/// files and, written last, <c>manifest.json</c>. They live until the evaluation's result is stored; only the newest is kept. One publisher
/// per evaluation at a time is the caller's affair (its lease).
/// </summary>
public sealed class EvaluationStateStore(IBlobStore blobs, TimeProvider? timeProvider = null)
{
    private readonly ArtifactStore<EvaluationStateManifest> artifacts = new(blobs, ManifestJson.Default.EvaluationStateManifest);
    private readonly TimeProvider clock = timeProvider ?? TimeProvider.System;

    /// <summary>Uploads the files, then the manifest, then removes older checkpoints of the evaluation. Repeating it is harmless.</summary>
    /// <param name="key">The evaluation.</param>
    /// <param name="step">Steps that are behind the checkpoint.</param>
    /// <param name="files">Its files.</param>
    /// <param name="owner">Who computed it.</param>
    /// <param name="softwareVersion">Version of the software that computed it.</param>
    /// <param name="cancellationToken">Stops between and within uploads; the checkpoint before stays then.</param>
    /// <exception cref="StorageException">The store fails; the checkpoint before stays then.</exception>
    public async Task PublishAsync(
        EvaluationStateKey key, long step, IReadOnlyList<ArtifactContent> files, string owner, string softwareVersion, CancellationToken cancellationToken = default)
    {
        await artifacts.PublishAsync(
            Folder(key, step),
            files,
            uploaded => new()
            {
                FormatVersion = IArtifactManifest.CurrentFormatVersion,
                Evaluation = key,
                Step = step,
                Owner = owner,
                CreatedAt = clock.GetUtcNow(),
                Files = uploaded,
                SoftwareVersion = softwareVersion,
            },
            static (standing, fresh) => standing.Owner != fresh.Owner ? $"it is of {standing.Owner}" : ArtifactDifference.Between(standing.Files, fresh.Files),
            PublishConflict.Replace,
            cancellationToken);
        foreach (var old in (await StepsAsync(key, cancellationToken)).Where(other => other != step))
        {
            await artifacts.WithdrawAsync(Folder(key, old), cancellationToken);
        }
    }

    /// <summary>Fetches the newest whole checkpoint of an evaluation into a folder, verified.</summary>
    /// <param name="key">The evaluation.</param>
    /// <param name="folder">Where to; made if need be.</param>
    /// <param name="accept">Whether a checkpoint is wanted; those that are not are passed over.</param>
    /// <param name="report">Told of each that is damaged and passed over.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Its manifest; null if there is none that can be used.</returns>
    public async Task<EvaluationStateManifest?> OpenLatestAsync(
        EvaluationStateKey key,
        string folder,
        Func<EvaluationStateManifest, bool>? accept = null,
        Action<ArtifactDamage>? report = null,
        CancellationToken cancellationToken = default)
    {
        foreach (var step in (await StepsAsync(key, cancellationToken)).OrderDescending())
        {
            try
            {
                switch (await artifacts.FindAsync(Folder(key, step), cancellationToken))
                {
                    case { Manifest: { } manifest } when accept?.Invoke(manifest) ?? true:
                        await artifacts.DownloadAsync(manifest, folder, null, cancellationToken);
                        return manifest;
                    case { Damage: { } damage }:
                        report?.Invoke(damage);
                        break;
                }
            }
            catch (CheckpointDamagedException damaged)
            {
                report?.Invoke(damaged.Damage);
            }
        }

        return null;
    }

    /// <summary>Removes everything of an evaluation, manifests first; nothing to remove is fine.</summary>
    public async Task DeleteAsync(EvaluationStateKey key, CancellationToken cancellationToken = default)
    {
        foreach (var step in await StepsAsync(key, cancellationToken))
        {
            await artifacts.WithdrawAsync(Folder(key, step), cancellationToken);
        }
    }

    private static string Folder(EvaluationStateKey key, long step) => $"{key.Folder}{BlobLayout.Digits(step)}/";

    /// <summary>Steps of which any blob is there, also without a manifest: an interrupted publication is removed with the others.</summary>
    private async Task<IReadOnlyCollection<long>> StepsAsync(EvaluationStateKey key, CancellationToken cancellationToken)
    {
        var steps = new SortedSet<long>();
        await foreach (var blob in blobs.ListAsync(key.Folder, cancellationToken))
        {
            var name = blob.Name.AsSpan(key.Folder.Length);
            if (name.IndexOf('/') is > 0 and var slash && BlobLayout.TryIteration(name[..slash], out var step))
            {
                steps.Add(step);
            }
        }

        return steps;
    }
}
