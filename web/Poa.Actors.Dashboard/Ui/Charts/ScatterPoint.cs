namespace Poa.Actors.Dashboard.Ui.Charts;

/// <summary>A point of a scatter chart.</summary>
/// <param name="Label">Its name, unique in the chart.</param>
/// <param name="X">Place on the x axis.</param>
/// <param name="Y">Place on the y axis.</param>
/// <param name="Tooltip">What is shown when it is pointed at; lines are broken at <c>\n</c>; the label if empty.</param>
/// <param name="IsMarked">True for a point that stands out, with its label beside it.</param>
public sealed record ScatterPoint(string Label, double X, double Y, string Tooltip = "", bool IsMarked = false);
