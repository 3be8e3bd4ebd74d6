using System.Security.Cryptography;
using System.Text.Json.Serialization.Metadata;

namespace Poa.Storage;

/// <summary>A manifest as found: readable, or damaged, or (null from the reader) not there.</summary>
internal sealed record FoundManifest<T>(T? Manifest, string ETag, ArtifactDamage? Damage)
    where T : class, IArtifactManifest;

/// <summary>
/// Publishing and reading of a folder of blobs with a manifest: what checkpoints and extracted sub-networks share. The order of writes
/// is the whole secret: blobs first, manifest last and only if absent; withdrawal the other way round.
/// </summary>
internal sealed partial class ArtifactStore<T>(IBlobStore blobs, JsonTypeInfo<T> type)
    where T : class, IArtifactManifest
{
    /// <param name="folder">Name prefix, ending with a slash.</param>
    /// <param name="contents">The files.</param>
    /// <param name="describe">Makes the manifest once sizes and hashes are known.</param>
    /// <param name="difference">What distinguishes a manifest that stands from the new one; null if nothing that matters.</param>
    /// <param name="conflict">What to do if something does.</param>
    /// <param name="cancellationToken">Stops between and within uploads; what was uploaded stays, without a manifest.</param>
    public async Task<T> PublishAsync(
        string folder,
        IReadOnlyList<ArtifactContent> contents,
        Func<IReadOnlyList<ArtifactFile>, T> describe,
        Func<T, T, string?> difference,
        PublishConflict conflict,
        CancellationToken cancellationToken)
    {
        Validate(contents);
        contents = [.. contents.OrderBy(c => c.Name, StringComparer.Ordinal)];
        if (await FindAsync(folder, cancellationToken) is { } found)
        {
            if (found.Manifest is { } standing && await DifferenceAsync(standing, contents, describe, difference, cancellationToken) is var different)
            {
                if (different is null)
                {
                    await RepairAsync(standing, contents, cancellationToken);
                    return standing;
                }

                if (conflict == PublishConflict.Fail)
                {
                    throw new CheckpointConflictException(folder, different);
                }
            }

            // Withdrawn before the first blob changes: at no instant does a manifest stand over foreign blobs.
            await blobs.DeleteAsync(folder + BlobLayout.ManifestFile, found.ETag, cancellationToken);
        }

        var files = new List<ArtifactFile>();
        foreach (var content in contents)
        {
            // Overwrite: an interrupted publication may have left blobs here, which count for nothing.
            await using var stream = await content.OpenAsync(cancellationToken);
            var blob = await blobs.UploadAsync(folder + content.Name, stream, BlobWriteCondition.Overwrite, null, cancellationToken);
            files.Add(new(content.Name, blob.Size, blob.Sha256!));
        }

        await foreach (var blob in blobs.ListAsync(folder, cancellationToken))
        {
            if (!contents.Any(c => folder + c.Name == blob.Name) && blob.Name != folder + BlobLayout.ManifestFile)
            {
                await blobs.DeleteAsync(blob.Name, null, cancellationToken);
            }
        }

        var manifest = describe(files);
        try
        {
            await UploadManifestAsync(manifest, cancellationToken);
            await MakeGoodAsync(manifest, contents, cancellationToken);
            return manifest;
        }
        catch (BlobConditionException)
        {
            // Somebody published in between; or this store carried out the write, lost the answer, and tried again.
            var other = (await FindAsync(folder, cancellationToken))?.Manifest;
            return other is not null && difference(other, manifest) is null
                ? other
                : throw new CheckpointConflictException(folder, "another publisher was there at the same time");
        }
    }

    /// <returns>The manifest in this folder, or how it is damaged; null if there is none.</returns>
    public async Task<FoundManifest<T>?> FindAsync(string folder, CancellationToken cancellationToken)
    {
        var name = folder + BlobLayout.ManifestFile;
        if (await blobs.FindAsync(name, cancellationToken) is not { } properties)
        {
            return null;
        }

        using var bytes = new MemoryStream();
        try
        {
            await using var stream = await blobs.OpenReadAsync(name, null, cancellationToken);
            await stream.CopyToAsync(bytes, cancellationToken);
        }
        catch (BlobNotFoundException)
        {
            return null;
        }

        var (manifest, fault) = ManifestCodec.Decode(name, bytes.GetBuffer().AsSpan(0, (int)bytes.Length), type);
        return manifest switch
        {
            null => new(null, properties.ETag, new(name, "a manifest", fault!)),
            _ when manifest.Folder != folder => new(null, properties.ETag, new(name, "a manifest", $"the manifest of {manifest.Folder}")),
            _ => new(manifest, properties.ETag, null),
        };
    }

    /// <summary>Takes back the manifest, then deletes the blobs; a kill in between leaves orphans, which do not count.</summary>
    public async Task WithdrawAsync(string folder, CancellationToken cancellationToken)
    {
        await blobs.DeleteAsync(folder + BlobLayout.ManifestFile, null, cancellationToken);
        var names = new List<string>();
        await foreach (var blob in blobs.ListAsync(folder, cancellationToken))
        {
            names.Add(blob.Name);
        }

        foreach (var name in names)
        {
            await blobs.DeleteAsync(name, null, cancellationToken);
        }
    }

    private static void Validate(IReadOnlyList<ArtifactContent> contents)
    {
        if (contents.Count == 0)
        {
            throw new ArgumentException("There are no files to publish.", nameof(contents));
        }

        foreach (var content in contents)
        {
            BlobName.ValidateSegment(content.Name);
        }

        var clash = contents.Select(c => c.Name).Append(BlobLayout.ManifestFile).GroupBy(name => name).FirstOrDefault(g => g.Count() > 1);
        if (clash is not null)
        {
            throw new ArgumentException($"The file name {clash.Key} is given twice, or is the manifest's own.", nameof(contents));
        }
    }

    private static async Task<string?> DifferenceAsync(
        T standing,
        IReadOnlyList<ArtifactContent> contents,
        Func<IReadOnlyList<ArtifactFile>, T> describe,
        Func<T, T, string?> difference,
        CancellationToken cancellationToken)
    {
        var files = new List<ArtifactFile>();
        foreach (var content in contents)
        {
            await using var stream = await content.OpenAsync(cancellationToken);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var size = await HashCopy.CopyAsync(stream, Stream.Null, hash, cancellationToken);
            files.Add(new(content.Name, size, Convert.ToHexStringLower(hash.GetHashAndReset())));
        }

        return difference(standing, describe(files));
    }
}
