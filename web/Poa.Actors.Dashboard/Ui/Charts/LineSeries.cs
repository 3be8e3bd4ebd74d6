namespace Poa.Actors.Dashboard.Ui.Charts;

/// <summary>A named curve. The arrays have one length; a value that is not finite leaves a gap.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="X">Places, ascending.</param>
/// <param name="Y">Values.</param>
/// <param name="Min">Lower edge of the band around the curve; null for no band.</param>
/// <param name="Max">Upper edge of the band; null for no band.</param>
public sealed record LineSeries(string Name, double[] X, double[] Y, double[]? Min = null, double[]? Max = null);
