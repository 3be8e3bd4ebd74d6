using Poa.Elastic;
using Poa.Storage;

namespace Poa.Actors.Client;

/// <summary>Published weights that runs start from.</summary>
public sealed class WeightsClient
{
    private readonly PoaClient _client;

    internal WeightsClient(PoaClient client) => _client = client;

    /// <summary>Stores a file of published weights. Repeating it is harmless.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <param name="cancellationToken">Stops the upload.</param>
    /// <returns>What <c>MODEL.WEIGHTS</c> names it by, whoever asks and for whatever run.</returns>
    /// <exception cref="PoaException">The store fails.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task<string> UploadAsync(string path, CancellationToken cancellationToken = default)
    {
        await using var content = File.OpenRead(path);
        return ModelOptions.NameOf(await Calls.GuardAsync(async () =>
            await new PublishedWeightStore(await _client.BlobsAsync(cancellationToken)).UploadAsync(content, cancellationToken)));
    }

    /// <summary>Sees that the weights that a configuration starts from, if any, are where a worker finds them.</summary>
    internal async Task RequireAsync(PoaConfiguration configuration, CancellationToken cancellationToken)
    {
        var model = configuration.Model;
        if (model.Weights.Length == 0)
        {
            return;
        }

        if (model.StoredWeights is not { } hash || !await new PublishedWeightStore(await _client.BlobsAsync(cancellationToken)).ContainsAsync(hash, cancellationToken))
        {
            throw new PoaException(
                ErrorCodes.InvalidArgument,
                $"MODEL.WEIGHTS is '{model.Weights}', which names no stored file.",
                "Store the file with: poa weights upload FILE; then give the name that it prints. (poa train --weights FILE does both.)");
        }
    }
}
