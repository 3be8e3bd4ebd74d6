using System.Globalization;

namespace Poa.Actors;

/// <summary>
/// Faults that another try may survive, since the work last came further. A fault of the work itself would soon come to nothing but heat: its tries
/// are counted. What happens around it (workers that are lost, one at a time or all together, a store that is away) says nothing about the
/// work: it waits, a little longer each time, until things are well again or patience ends.
/// </summary>
/// <param name="All">Tries that ended with a fault; the wait before the next one grows with them.</param>
/// <param name="Own">Those of them whose fault was of the work itself, not of the infrastructure.</param>
/// <param name="Since">When the first of them was; null if there is none.</param>
internal sealed record FaultTally(int All = 0, int Own = 0, DateTimeOffset? Since = null)
{
    /// <summary>No fault: the work has come further, or somebody wants it tried afresh.</summary>
    public static FaultTally None { get; } = new();

    /// <summary>With one more.</summary>
    public FaultTally With(WorkError error, DateTimeOffset now) => new(All + 1, Own + (IsOfInfrastructure(error) ? 0 : 1), Since ?? now);

    /// <summary>Why there is no further try, as it can follow the error; null if there is one.</summary>
    /// <param name="tries">Tries in all, as far as faults of the work itself end them.</param>
    /// <param name="patience">How long faults of the infrastructure may go on, in at least as many tries.</param>
    /// <param name="now">The time.</param>
    public string? WhyNoMore(int tries, TimeSpan patience, DateTimeOffset now) => this switch
    {
        _ when Own >= tries => $"This was failure {Own} without coming further in between.",
        _ when All >= tries && now - Since > patience => string.Create(CultureInfo.InvariantCulture, $"It came no further in {All} tries and {patience.TotalHours:0.#} hours."),
        _ => null,
    };

    private static bool IsOfInfrastructure(WorkError error) => error.Code is ErrorCodes.WorkerLost or ErrorCodes.ShardLost or ErrorCodes.StorageFailed;
}
