namespace Poa.Actors.Dashboard.Ui.Charts;

/// <summary>The part of the x axis that a reader zoomed into.</summary>
/// <param name="From">Its left end.</param>
/// <param name="To">Its right end, beyond the left.</param>
public sealed record ChartWindow(double From, double To);
