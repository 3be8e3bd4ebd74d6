using Orleans.Concurrency;

namespace Poa.Actors.Abstractions;

/// <summary>
/// Looks for the best sub-network of one checkpoint within a budget, keyed by search id. Has sub-networks evaluated by sweeps, a few at first and
/// then one after the other, each where the figures so far promise most, and predicts the rest. What is stored already costs it nothing.
/// </summary>
[Alias("poa.IBudgetSearchGrain")]
public interface IBudgetSearchGrain : IGrainWithStringKey
{
    /// <summary>Starts the search. The same command twice equals once.</summary>
    /// <param name="specification">What to look for; its id is the grain's key.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <exception cref="PoaException">It asks for what cannot be, there is no such run or checkpoint, or the id has another specification.</exception>
    [Alias("Start")]
    Task<SearchSnapshot> StartAsync(SearchSpecification specification, CancellationToken cancellationToken = default);

    /// <summary>Gives the search up, and the sweep that runs for it. What was measured is kept.</summary>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Cancel")]
    Task<SearchSnapshot> CancelAsync(CancellationToken cancellationToken = default);

    /// <summary>The search as it stands, or null if none was started under this id.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("Find"), AlwaysInterleave]
    Task<SearchSnapshot?> FindAsync(CancellationToken cancellationToken = default);

    /// <summary>Follows the search: one snapshot at once, then one for each change, until it has finished.</summary>
    /// <param name="afterVersion">Version of the last snapshot seen; 0 to begin.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    [Alias("Watch"), AlwaysInterleave]
    IAsyncEnumerable<SearchSnapshot> WatchAsync(long afterVersion, CancellationToken cancellationToken = default);
}
