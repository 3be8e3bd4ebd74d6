using Orleans.Concurrency;

namespace Poa.Actors.Abstractions;

/// <summary>Measures training steps of one configuration on one set of images, keyed by <see cref="CalibrationKey"/>; once is enough.</summary>
[Alias("poa.ICalibrationGrain")]
public interface ICalibrationGrain : IGrainWithStringKey, IWorkOwner
{
    /// <summary>Queues the measurement, or answers with the one that is under way or done. A failed or cancelled one is tried again.</summary>
    /// <param name="request">What to measure; belongs to the key.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Start")]
    Task<CalibrationSnapshot> StartAsync(CalibrationRequest request, CancellationToken cancellationToken = default);

    /// <summary>Gives the measurement up unless it is done.</summary>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <exception cref="PoaException">It was never started.</exception>
    [Alias("Cancel")]
    Task<CalibrationSnapshot> CancelAsync(CancellationToken cancellationToken = default);

    /// <summary>The measurement as it stands; null if it was never started.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("Find"), AlwaysInterleave]
    Task<CalibrationSnapshot?> FindAsync(CancellationToken cancellationToken = default);
}
