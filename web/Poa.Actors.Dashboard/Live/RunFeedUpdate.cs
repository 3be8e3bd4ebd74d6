using Poa.Storage;

namespace Poa.Actors.Dashboard.Live;

/// <summary>What is new about a run since a subscriber's last update; several changes in one.</summary>
/// <param name="Snapshot">The run as it stands; the same object as before where nothing but the curve changed. Null before the first answer.</param>
/// <param name="Points">Points of the curve that the subscriber has not seen; empty if there are none.</param>
/// <param name="ReplacesCurve">True if <paramref name="Points"/> are the whole curve and take the place of all points before.</param>
/// <param name="Broken">Why the run cannot be followed at the moment; null while it can. What is shown is then the last that was known.</param>
internal sealed record RunFeedUpdate(RunSnapshot? Snapshot, MetricsSeries Points, bool ReplacesCurve, WorkError? Broken);
