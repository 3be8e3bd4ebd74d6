using System.Security.Cryptography;

namespace Poa.Storage;

/// <summary>
/// Files of published weights that runs start from: <c>weights/{SHA-256}.safetensors</c>. The name is the content's, so that a file is stored once however
/// many runs start from it, and none can take another's place.
/// </summary>
public sealed class PublishedWeightStore(IBlobStore blobs)
{
    private const string Remedy = "Store the file with: poa weights upload FILE";

    /// <summary>Stores a file. Repeating it is harmless, and mends a damaged one.</summary>
    /// <param name="content">The file from its begin; it is read twice.</param>
    /// <param name="cancellationToken">Stops the upload; nothing is left of it.</param>
    /// <returns>Its SHA-256 in lower-case hexadecimal digits.</returns>
    /// <exception cref="StorageException">The store fails; nothing was changed.</exception>
    public async Task<string> UploadAsync(Stream content, CancellationToken cancellationToken = default)
    {
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
        content.Position = 0;
        await blobs.UploadAsync(BlobLayout.PublishedWeights(hash), content, BlobWriteCondition.Overwrite, hash, cancellationToken);
        return hash;
    }

    /// <summary>Whether a file of that hash is stored.</summary>
    public async Task<bool> ContainsAsync(string sha256, CancellationToken cancellationToken = default) =>
        await blobs.FindAsync(BlobLayout.PublishedWeights(sha256), cancellationToken) is not null;

    /// <summary>Copies a stored file to a path, where it is complete and has its hash, or an error says so.</summary>
    /// <exception cref="StorageException">There is none (<see cref="StorageFault.NotFound"/>), it is damaged (<see cref="StorageFault.Damaged"/>), or the store fails.</exception>
    public async Task DownloadAsync(string sha256, string path, CancellationToken cancellationToken = default)
    {
        var name = BlobLayout.PublishedWeights(sha256);
        if (await blobs.FindAsync(name, cancellationToken) is null)
        {
            throw new StorageException(StorageFault.NotFound, $"The weights sha256:{sha256} are not in {blobs.Description}.", Remedy);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var source = await blobs.OpenReadAsync(name, null, cancellationToken))
        await using (var target = File.Create(path))
        {
            await HashCopy.CopyAsync(source, target, hash, cancellationToken);
        }

        if (Convert.ToHexStringLower(hash.GetHashAndReset()) is var found && found != sha256)
        {
            throw new StorageException(StorageFault.Damaged, $"The blob {name} in {blobs.Description} is damaged: its hash is {found}.", Remedy);
        }
    }
}
