using Poa.Storage;

namespace Poa.Actors.Client;

/// <summary>Files of extracted sub-networks, straight from the blob store.</summary>
public sealed class DownloadsClient
{
    private readonly PoaClient _client;

    internal DownloadsClient(PoaClient client) => _client = client;

    /// <summary>Opens a blob for reading; the caller disposes of the stream.</summary>
    /// <param name="blob">Blob name, as in <see cref="PublishedFile.Name"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<Stream> OpenAsync(string blob, CancellationToken cancellationToken = default) => Calls.GuardAsync(async () =>
        await (await _client.BlobsAsync(cancellationToken)).OpenReadAsync(blob, range: null, cancellationToken));

    /// <summary>Writes a blob to a file, which appears only once it is whole.</summary>
    /// <param name="blob">Blob name.</param>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="cancellationToken">Stops the download.</param>
    public async Task ToFileAsync(string blob, string path, CancellationToken cancellationToken = default)
    {
        var temporary = path + ".part";
        try
        {
            await using (var source = await OpenAsync(blob, cancellationToken))
            await using (var target = File.Create(temporary))
            {
                await source.CopyToAsync(target, cancellationToken);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Downloads all files of an extracted sub-network into a folder, with their hashes verified.</summary>
    /// <param name="key">The extraction.</param>
    /// <param name="folder">The folder; made if it does not exist.</param>
    /// <param name="cancellationToken">Stops the download.</param>
    /// <returns>Paths of the files.</returns>
    /// <exception cref="PoaException">It has not been extracted, or a file is damaged.</exception>
    public Task<IReadOnlyList<string>> ToFolderAsync(ExtractionKey key, string folder, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync<IReadOnlyList<string>>(async () =>
        {
            var store = new SubNetworkStore(await _client.BlobsAsync(cancellationToken));
            var manifest = await store.FindAsync(key.Run, key.Iteration, key.SubNetwork, cancellationToken) ?? throw new PoaException(
                ErrorCodes.BlobNotFound, $"{key} has not been extracted.", $"Extract it with: poa extract {key.Run} {key.SubNetwork}");
            Directory.CreateDirectory(folder);
            await store.DownloadAsync(manifest, folder, cancellationToken: cancellationToken);
            return [.. manifest.Files.Select(file => Path.Combine(folder, file.Name))];
        });
}
