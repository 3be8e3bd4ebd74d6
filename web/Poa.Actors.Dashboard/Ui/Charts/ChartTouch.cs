namespace Poa.Actors.Dashboard.Ui.Charts;

/// <summary>What a reader did to a chart.</summary>
/// <param name="IsDrag">True if points were dragged over, false if they were clicked.</param>
/// <param name="Points">Number of the trace and number of the point in it; row by row for a heat map. As the browser says, unchecked.</param>
public sealed record ChartTouch(bool IsDrag, IReadOnlyList<(int Trace, int Point)> Points);
