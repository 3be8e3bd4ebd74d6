using System.Globalization;
using System.Security.Cryptography;

namespace Poa.Storage;

/// <summary>
/// Pictures that belong to results of evaluations: <c>runs/{run}/evaluations/{iteration}/{sub-network}/{question}/pictures/{name}</c>. The
/// result lists them and is stored after them, so what no result lists does not count. A name holds who computed the picture and the begin
/// of its hash: a name always means the same bytes, and pictures of an earlier computation stay until the new result has taken its place.
/// </summary>
public sealed class EvaluationPictureStore(IBlobStore blobs)
{
    private const int HashDigits = 12;

    // Owners have no dots in them, so that none is the begin of another.
    private const char Separator = '.';

    /// <summary>Stores a picture. Repeating it is harmless.</summary>
    /// <param name="key">The evaluation.</param>
    /// <param name="owner">Who computed it: a sweep's id.</param>
    /// <param name="number">Its number among the pictures of the result, from 1.</param>
    /// <param name="extension">Extension of its name, such as <c>jpg</c>.</param>
    /// <param name="bytes">The file.</param>
    /// <param name="cancellationToken">Stops the upload.</param>
    /// <returns>Name, size and hash for the result.</returns>
    /// <exception cref="ArgumentException">The owner has a dot in it or is no part of a blob's name.</exception>
    /// <exception cref="StorageException">The store fails; nothing was changed.</exception>
    public async Task<ArtifactFile> PublishAsync(
        EvaluationStateKey key, string owner, int number, string extension, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
        var name = BlobName.ValidateSegment(
            $"{Prefix(owner)}{number.ToString("D2", CultureInfo.InvariantCulture)}{Separator}{hash[..HashDigits]}{Separator}{extension}");
        using var content = new MemoryStream(bytes.ToArray(), writable: false);
        await blobs.UploadAsync(key.Pictures + name, content, BlobWriteCondition.Overwrite, hash, cancellationToken);
        return new(name, bytes.Length, hash);
    }

    /// <summary>Removes the pictures of an evaluation that others computed: called once the owner's result is the one that counts.</summary>
    /// <param name="key">The evaluation.</param>
    /// <param name="owner">Whose pictures stay.</param>
    /// <param name="cancellationToken">Stops between two of them.</param>
    /// <exception cref="StorageException">The store fails; some may be left.</exception>
    public Task RemoveOthersAsync(EvaluationStateKey key, string owner, CancellationToken cancellationToken = default) =>
        RemoveAsync(key, owner, areOwners: false, cancellationToken);

    /// <summary>Removes the pictures of an evaluation that its owner gave up before there was a result.</summary>
    /// <param name="key">The evaluation.</param>
    /// <param name="owner">Whose pictures go; those of others stay.</param>
    /// <param name="cancellationToken">Stops between two of them.</param>
    /// <exception cref="StorageException">The store fails; some may be left.</exception>
    public Task RemoveAsync(EvaluationStateKey key, string owner, CancellationToken cancellationToken = default) =>
        RemoveAsync(key, owner, areOwners: true, cancellationToken);

    private async Task RemoveAsync(EvaluationStateKey key, string owner, bool areOwners, CancellationToken cancellationToken)
    {
        var unwanted = new List<string>();
        await foreach (var blob in blobs.ListAsync(key.Pictures, cancellationToken))
        {
            if (blob.Name.AsSpan(key.Pictures.Length).StartsWith(Prefix(owner), StringComparison.Ordinal) == areOwners)
            {
                unwanted.Add(blob.Name);
            }
        }

        foreach (var name in unwanted)
        {
            await blobs.DeleteAsync(name, null, cancellationToken);
        }
    }

    private static string Prefix(string owner) => owner.Contains(Separator, StringComparison.Ordinal)
        ? throw new ArgumentException($"The owner '{owner}' has a '{Separator}' in it; use the id of a sweep.", nameof(owner))
        : owner + Separator;
}
