using System.Security.Cryptography;

namespace Poa.Storage;

internal sealed partial class ArtifactStore<T>
{
    /// <summary>Reads every file in full and compares size and hash.</summary>
    /// <returns>What is wrong; empty if nothing is.</returns>
    public async Task<IReadOnlyList<ArtifactDamage>> VerifyAsync(T manifest, CancellationToken cancellationToken)
    {
        var damages = new List<ArtifactDamage>();
        foreach (var file in manifest.Files)
        {
            if (await CopyAsync(manifest, file, Stream.Null, cancellationToken) is { } damage)
            {
                damages.Add(damage);
            }
        }

        return damages;
    }

    /// <summary>
    /// Fetches files into a folder (made if need be). One that is there already with the right content stays; a file gets its name
    /// only after its hash was found right.
    /// </summary>
    /// <exception cref="CheckpointDamagedException">A blob is missing or damaged.</exception>
    public async Task DownloadAsync(T manifest, string folder, IReadOnlySet<string>? only, CancellationToken cancellationToken)
    {
        if (only?.FirstOrDefault(name => manifest.Files.All(f => f.Name != name)) is { } unknown)
        {
            throw new ArgumentException($"{manifest.Folder} has no file {unknown}, only {string.Join(", ", manifest.Files.Select(f => f.Name))}.", nameof(only));
        }

        try
        {
            Directory.CreateDirectory(folder);
            foreach (var file in manifest.Files.Where(f => only?.Contains(f.Name) ?? true))
            {
                var target = Path.Combine(folder, BlobName.ValidateSegment(file.Name));
                if (!await IsAsync(target, file, cancellationToken))
                {
                    await DownloadAsync(manifest, file, target, cancellationToken);
                }
            }
        }
        catch (Exception e) when (LocalErrors.Translate(e, folder, "written") is { } translated)
        {
            throw translated;
        }
    }

    private async Task DownloadAsync(T manifest, ArtifactFile file, string target, CancellationToken cancellationToken)
    {
        var partial = target + ".partial";
        try
        {
            await using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous))
            {
                if (await CopyAsync(manifest, file, stream, cancellationToken) is { } damage)
                {
                    throw new CheckpointDamagedException(damage);
                }
            }

            File.Move(partial, target, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    private async Task<ArtifactDamage?> CopyAsync(T manifest, ArtifactFile file, Stream target, CancellationToken cancellationToken)
    {
        var blob = manifest.Folder + file.Name;
        var expected = Facts(file.Size, file.Sha256);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await using var stream = await blobs.OpenReadAsync(blob, null, cancellationToken);
            var size = await HashCopy.CopyAsync(stream, target, hash, cancellationToken);
            var actual = Facts(size, Convert.ToHexStringLower(hash.GetHashAndReset()));
            return actual == expected ? null : new(blob, expected, actual);
        }
        catch (BlobNotFoundException)
        {
            return new(blob, expected, "missing");
        }
    }

    private static string Facts(long size, string sha256) => $"{size} bytes with SHA-256 {sha256}";

    private static async Task<bool> IsAsync(string path, ArtifactFile file, CancellationToken cancellationToken)
    {
        if (!File.Exists(path) || new FileInfo(path).Length != file.Size)
        {
            return false;
        }

        await using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)) == file.Sha256;
    }
}
