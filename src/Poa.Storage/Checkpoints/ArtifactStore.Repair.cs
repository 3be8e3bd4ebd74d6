namespace Poa.Storage;

/// <summary>What a store has lost of a publication whose content is at hand is written again.</summary>
internal sealed partial class ArtifactStore<T>
{
    /// <summary>Losses in a row that are made good.</summary>
    private const int LossLimit = 5;

    /// <summary>
    /// After the manifest: writes again what the store has lost meanwhile. One that crashes loses the newest of what it had acknowledged. A crash
    /// during a publication leaves a manifest over a gap; one after this look takes the manifest along, and the publication did not happen.
    /// </summary>
    /// <exception cref="StorageException">It loses it again and again.</exception>
    private async Task MakeGoodAsync(T manifest, IReadOnlyList<ArtifactContent> contents, CancellationToken cancellationToken)
    {
        for (var losses = 0; await LostAsync(manifest, cancellationToken) is { Count: > 0 } lost; losses++)
        {
            if (losses == LossLimit)
            {
                throw new StorageException(
                    StorageFault.Unavailable,
                    $"{blobs.Description} has acknowledged blobs {LossLimit} times and lost them, the last time {lost[0]}.",
                    "Look whether it crashes, or whether somebody deletes them.");
            }

            foreach (var file in manifest.Files.Where(file => lost.Contains(manifest.Folder + file.Name)))
            {
                await UploadAgainAsync(manifest, file, contents, cancellationToken);
            }

            if (lost.Contains(manifest.Folder + BlobLayout.ManifestFile))
            {
                await UploadManifestAsync(manifest, cancellationToken);
            }
        }
    }

    private async Task<List<string>> LostAsync(T manifest, CancellationToken cancellationToken)
    {
        List<string> lost = [.. manifest.Files.Select(file => manifest.Folder + file.Name), manifest.Folder + BlobLayout.ManifestFile];
        await foreach (var blob in blobs.ListAsync(manifest.Folder, cancellationToken))
        {
            lost.Remove(blob.Name);
        }

        return lost;
    }

    /// <summary>Writes again what is missing or damaged of a publication that stands.</summary>
    private async Task RepairAsync(T manifest, IReadOnlyList<ArtifactContent> contents, CancellationToken cancellationToken)
    {
        foreach (var damage in await VerifyAsync(manifest, cancellationToken))
        {
            await UploadAgainAsync(manifest, manifest.Files.First(file => manifest.Folder + file.Name == damage.Blob), contents, cancellationToken);
        }
    }

    private async Task UploadAgainAsync(T manifest, ArtifactFile file, IReadOnlyList<ArtifactContent> contents, CancellationToken cancellationToken)
    {
        await using var stream = await contents.First(content => content.Name == file.Name).OpenAsync(cancellationToken);
        await blobs.UploadAsync(manifest.Folder + file.Name, stream, BlobWriteCondition.Overwrite, file.Sha256, cancellationToken);
    }

    private async Task UploadManifestAsync(T manifest, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream(ManifestCodec.Encode(manifest, type), writable: false);
        await blobs.UploadAsync(manifest.Folder + BlobLayout.ManifestFile, bytes, BlobWriteCondition.IfAbsent, null, cancellationToken);
    }
}
