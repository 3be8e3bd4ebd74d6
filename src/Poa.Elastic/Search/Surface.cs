namespace Poa.Elastic;

/// <summary>
/// Predicts a figure over a grid from a few measurements: the mean over Gaussian processes of several shapes, each with the weight that the
/// measurements give it. With few measurements no single shape can be told from the others, and the best one alone would promise too much.
/// </summary>
internal sealed class Surface
{
    private static readonly SurfaceShape[] Shapes =
    [
        .. from length in new[] { 0.25, 0.5, 1, 2 }
           from bend in new[] { 0.1, 0.3, 1 }
           from noise in new[] { 0.03, 0.1, 0.3, 1 }
           select new SurfaceShape(length, bend, noise),
    ];

    /// <summary>Shapes with less evidence than this share of the best one's change nothing and are left out.</summary>
    private const double LeastEvidence = 1e-3;

    private readonly (SurfaceFit Fit, double Weight)[] _fits;
    private readonly double _centre;
    private readonly double _scale;

    /// <param name="measured">Places and figures, at least one.</param>
    public Surface(IReadOnlyCollection<(SurfacePlace Place, double Value)> measured)
    {
        ArgumentOutOfRangeException.ThrowIfZero(measured.Count);
        _centre = measured.Average(point => point.Value);
        var deviation = Math.Sqrt(measured.Sum(point => Math.Pow(point.Value - _centre, 2)) / Math.Max(1, measured.Count - 1));
        // One figure, or equal ones, say nothing of the scale.
        _scale = deviation > 1e-9 * Math.Max(1, Math.Abs(_centre)) ? deviation : 1;
        SurfacePlace[] places = [.. measured.Select(point => point.Place)];
        double[] values = [.. measured.Select(point => (point.Value - _centre) / _scale)];
        SurfaceFit[] fits = [.. Shapes.Select(shape => new SurfaceFit(shape, places, values))];
        var best = fits.Max(fit => fit.LogEvidence);
        var kept = fits.Select(fit => (Fit: fit, Evidence: Math.Exp(fit.LogEvidence - best))).Where(shape => shape.Evidence >= LeastEvidence).ToList();
        var sum = kept.Sum(shape => shape.Evidence);
        _fits = [.. kept.Select(shape => (shape.Fit, shape.Evidence / sum))];
    }

    /// <summary>What would be measured at a place.</summary>
    public Estimate At(SurfacePlace place)
    {
        var predictions = _fits.Select(shape => (shape.Weight, Prediction: shape.Fit.At(place))).ToList();
        var mean = predictions.Sum(shape => shape.Weight * shape.Prediction.Mean);
        var variance = predictions.Sum(shape => shape.Weight * (shape.Prediction.Variance + Math.Pow(shape.Prediction.Mean - mean, 2)));
        return new Estimate(_centre + (_scale * mean), _scale * Math.Sqrt(variance));
    }
}
