namespace Poa.Actors.Client;

/// <summary>Extraction of sub-networks into the blob store.</summary>
public sealed class ExtractionsClient
{
    private readonly PoaClient _client;

    internal ExtractionsClient(PoaClient client) => _client = client;

    /// <summary>Extracts a sub-network of a checkpoint; once is enough, a repeat finds the one that is there.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="subNetwork">Name such as <c>384x12</c>.</param>
    /// <param name="iteration">Iteration of the checkpoint; null for the newest.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <returns>The key to wait for and to download with.</returns>
    /// <exception cref="PoaException">
    /// No such run or checkpoint, or a name that is not on the run's grid (the message lists the legal ones).
    /// </exception>
    public Task<ExtractionKey> StartAsync(
        string run, string subNetwork, long? iteration = null, CancellationToken cancellationToken = default) => Calls.GuardAsync(async () =>
        {
            var at = await _client.Runs.IterationAsync(run, iteration, cancellationToken);
            var name = (await _client.Runs.ConfigurationAsync(run, cancellationToken)).Grid().Parse(subNetwork).ToString();
            var key = new ExtractionKey(run, at, name);
            await Grain(key).StartAsync(cancellationToken);
            return key;
        });

    /// <summary>An extraction as it stands.</summary>
    /// <param name="key">The extraction.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<ExtractionSnapshot> GetAsync(ExtractionKey key, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(() => Grain(key).GetAsync(cancellationToken));

    /// <summary>Waits until an extraction is done.</summary>
    /// <param name="key">The extraction.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The published files.</returns>
    /// <exception cref="PoaException">It was not started, was cancelled, or failed; the error is its own.</exception>
    public async Task<ExtractedModel> WaitAsync(ExtractionKey key, CancellationToken cancellationToken = default)
    {
        await foreach (var snapshot in Calls.FollowAsync<ExtractionSnapshot>(
            _ => Grain(key).WatchAsync(cancellationToken), _client.Time, cancellationToken))
        {
            if (snapshot.Model is { } model && snapshot.Status == JobStatus.Completed)
            {
                return model;
            }

            if (snapshot.Error is { } error && snapshot.IsFinished)
            {
                throw new PoaException(error);
            }
        }

        throw new PoaException(ErrorCodes.ExtractionNotFound, $"Extraction {key} was not started, or was cancelled.", "Start it with: poa extract");
    }

    /// <summary>Gives an extraction up.</summary>
    /// <param name="key">The extraction.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    public Task<ExtractionSnapshot> CancelAsync(ExtractionKey key, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(() => Grain(key).CancelAsync(cancellationToken));

    private IExtractionJobGrain Grain(ExtractionKey key) => _client.Cluster.GetGrain<IExtractionJobGrain>(key.ToString());
}
