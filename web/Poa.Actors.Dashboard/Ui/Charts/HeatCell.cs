namespace Poa.Actors.Dashboard.Ui.Charts;

/// <summary>A place in a heat map.</summary>
/// <param name="Column">Label on the x axis.</param>
/// <param name="Row">Label on the y axis.</param>
public readonly record struct HeatPlace(string Column, string Row);

/// <summary>One cell of a heat map.</summary>
/// <param name="Place">Where it lies.</param>
/// <param name="Value">Its value; null if it is missing: the cell stays empty.</param>
/// <param name="Text">What is written into it, if there is room.</param>
/// <param name="Tooltip">What is shown when it is pointed at; lines are broken at <c>\n</c>.</param>
public sealed record HeatCell(HeatPlace Place, double? Value, string Text = "", string Tooltip = "");

/// <summary>What a reader did to a heat map.</summary>
/// <param name="Places">The cells, at least one.</param>
/// <param name="IsDrag">True if they were dragged over, false if one was clicked.</param>
public sealed record HeatGesture(IReadOnlyList<HeatPlace> Places, bool IsDrag);
