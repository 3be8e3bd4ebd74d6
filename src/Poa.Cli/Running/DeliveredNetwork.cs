using Poa.Actors.Client;

namespace Poa.Cli.Running;

/// <summary>A sub-network taken out of a run, extracted first if it has not been.</summary>
internal static class DeliveredNetwork
{
    /// <summary>Extracts and downloads.</summary>
    /// <param name="client">The connection; a worker must be there.</param>
    /// <param name="run">Run id.</param>
    /// <param name="subNetwork">Name of the sub-network.</param>
    /// <param name="iteration">Iteration of the checkpoint; null for the newest.</param>
    /// <param name="folder">Receives the files.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Path of the weights.</returns>
    public static async Task<string> FetchAsync(
        PoaClient client, string run, string subNetwork, long? iteration, string folder, CancellationToken cancellationToken)
    {
        var key = await client.Extractions.StartAsync(run, subNetwork, iteration, cancellationToken).ConfigureAwait(false);
        await client.Extractions.WaitAsync(key, cancellationToken).ConfigureAwait(false);
        var files = await client.Downloads.ToFolderAsync(key, folder, cancellationToken).ConfigureAwait(false);
        return files.Single(file => file.EndsWith(".safetensors", StringComparison.Ordinal));
    }
}
