namespace Poa.Actors.Dashboard.Pages.Runs;

/// <summary>A line of a chart.</summary>
/// <param name="Name">For people.</param>
/// <param name="Value">The figure it is drawn from.</param>
/// <param name="Per">Divides it, point by point; null for the figure itself.</param>
public sealed record Curve(string Name, string Value, string? Per = null);

/// <summary>A chart of one or more lines in the same unit.</summary>
/// <param name="Key">Names the chart.</param>
/// <param name="Title">For people.</param>
/// <param name="Unit">Unit of its values, for the axis; empty for numbers without a unit.</param>
/// <param name="Lines">Its lines.</param>
/// <param name="HasBand">Whether smallest and largest values are drawn around each line.</param>
public sealed record CurvePanel(string Key, string Title, string Unit, IReadOnlyList<Curve> Lines, bool HasBand = false);
