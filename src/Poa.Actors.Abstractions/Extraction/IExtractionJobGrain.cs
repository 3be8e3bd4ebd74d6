using Orleans.Concurrency;

namespace Poa.Actors.Abstractions;

/// <summary>Extracts one sub-network of a checkpoint into the blob store, keyed by <see cref="ExtractionKey"/>; once is enough.</summary>
[Alias("poa.IExtractionJobGrain")]
public interface IExtractionJobGrain : IGrainWithStringKey, IWorkOwner
{
    /// <summary>Queues the extraction, or answers with the one that is under way or done. A failed one is tried again.</summary>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <exception cref="PoaException">No such run or checkpoint.</exception>
    [Alias("Start")]
    Task<ExtractionSnapshot> StartAsync(CancellationToken cancellationToken = default);

    /// <summary>Gives the extraction up unless it is done.</summary>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Cancel")]
    Task<ExtractionSnapshot> CancelAsync(CancellationToken cancellationToken = default);

    /// <summary>The extraction as it stands.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("Get"), AlwaysInterleave]
    Task<ExtractionSnapshot> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>Follows the extraction: one snapshot at once, then one for each change, until it has ended.</summary>
    /// <param name="cancellationToken">Ends the watch.</param>
    [Alias("Watch"), AlwaysInterleave]
    IAsyncEnumerable<ExtractionSnapshot> WatchAsync(CancellationToken cancellationToken = default);
}

/// <summary>An extraction as it stands.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="Model">The published files, once it is completed.</param>
/// <param name="Error">Why it failed, if it did.</param>
/// <param name="Attempts">How often it was handed to a worker.</param>
/// <param name="FinishedAt">When it ended.</param>
[GenerateSerializer, Immutable, Alias("poa.ExtractionSnapshot")]
public sealed record ExtractionSnapshot(
    [property: Id(0)] JobStatus Status,
    [property: Id(1)] ExtractedModel? Model,
    [property: Id(2)] WorkError? Error,
    [property: Id(3)] int Attempts,
    [property: Id(4)] DateTimeOffset? FinishedAt)
{
    /// <summary>True if nothing more happens by itself.</summary>
    public bool IsFinished => Status is JobStatus.Completed or JobStatus.Failed or JobStatus.Quarantined or JobStatus.Cancelled;
}
