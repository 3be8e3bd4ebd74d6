using Orleans.Concurrency;

namespace Poa.Actors.Abstractions;

/// <summary>
/// Trains the rows of an ablation, each with each seed, and measures sub-networks of each run, keyed by ablation id. Runs and sweeps are ordinary
/// ones: they wait in the same queue and can be looked at like any other.
/// </summary>
[Alias("poa.IAblationGrain")]
public interface IAblationGrain : IGrainWithStringKey
{
    /// <summary>Starts the ablation. The same command twice equals once.</summary>
    /// <param name="specification">What to train and measure; its id is the grain's key.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <exception cref="PoaException">It asks for what cannot be, or the id has another specification.</exception>
    [Alias("Start")]
    Task<AblationSnapshot> StartAsync(AblationSpecification specification, CancellationToken cancellationToken = default);

    /// <summary>Gives the ablation up: its runs and sweeps that have not ended. What was measured is kept.</summary>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Cancel")]
    Task<AblationSnapshot> CancelAsync(CancellationToken cancellationToken = default);

    /// <summary>The ablation as it stands, or null if none was started under this id.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("Find"), AlwaysInterleave]
    Task<AblationSnapshot?> FindAsync(CancellationToken cancellationToken = default);

    /// <summary>Follows the ablation: one snapshot at once, then one for each change, until it has finished.</summary>
    /// <param name="afterVersion">Version of the last snapshot seen; 0 to begin.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    [Alias("Watch"), AlwaysInterleave]
    IAsyncEnumerable<AblationSnapshot> WatchAsync(long afterVersion, CancellationToken cancellationToken = default);
}
