namespace Poa.Elastic;

/// <summary>What a figure that was not measured will probably be. Never to be shown as a measurement.</summary>
/// <param name="Value">The figure in the middle of the distribution.</param>
/// <param name="Low">Lower end of the interval that holds the figure with probability <see cref="Confidence"/>.</param>
/// <param name="High">Upper end of it.</param>
public readonly record struct Prediction(double Value, double Low, double High)
{
    /// <summary>The share of figures that the interval is meant to hold.</summary>
    public const double Confidence = 0.9;
}
