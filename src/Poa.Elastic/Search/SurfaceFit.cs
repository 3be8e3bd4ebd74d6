using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace Poa.Elastic;

/// <summary>
/// Gaussian-process regression under one choice of its shape (Rasmussen and Williams 2006, chapters 2 and 5). The covariance of two places is
/// that of an unknown straight line over their size, plus a Matérn 5/2 term over their distance in width and depth; what is measured has noise on
/// top. The scale of it all is unknown, with an inverse gamma prior about 1, so that predictions have Student's t distribution.
/// </summary>
internal sealed class SurfaceFit
{
    /// <summary>Variance of the line's slope, where the variance of its value at the middle is 1.</summary>
    private const double SlopeVariance = 4;

    /// <summary>Measurements that the prior of the scale counts for.</summary>
    private const double PriorCount = 4;

    private readonly SurfaceShape _shape;
    private readonly IReadOnlyList<SurfacePlace> _places;
    private readonly MathNet.Numerics.LinearAlgebra.Factorization.Cholesky<double> _factor;
    private readonly Vector<double> _weights;
    private readonly double _scale;

    /// <param name="shape">The shape.</param>
    /// <param name="places">Where it was measured.</param>
    /// <param name="values">What was measured there, with mean about 0 and deviation about 1.</param>
    public SurfaceFit(SurfaceShape shape, IReadOnlyList<SurfacePlace> places, IReadOnlyList<double> values)
    {
        (_shape, _places) = (shape, places);
        var n = places.Count;
        var covariance = DenseMatrix.Create(n, n, (i, j) => Covariance(places[i], places[j]) + (i == j ? shape.Noise * shape.Noise : 0));
        var y = DenseVector.OfEnumerable(values);
        _factor = covariance.Cholesky();
        _weights = _factor.Solve(y);
        var misfit = y.DotProduct(_weights);
        _scale = (PriorCount + misfit) / (PriorCount + n);
        LogEvidence = (-0.5 * _factor.DeterminantLn) - (0.5 * (PriorCount + n) * Math.Log(1 + (misfit / PriorCount)));
    }

    /// <summary>Logarithm of the probability of the measurements, but for what is the same for all shapes.</summary>
    public double LogEvidence { get; }

    /// <summary>Mean and variance of what would be measured at a place.</summary>
    public (double Mean, double Variance) At(SurfacePlace place)
    {
        var k = DenseVector.Create(_places.Count, i => Covariance(place, _places[i]));
        var variance = Covariance(place, place) + (_shape.Noise * _shape.Noise) - k.DotProduct(_factor.Solve(k));
        var degrees = PriorCount + _places.Count;
        // The variance of Student's t distribution.
        return (k.DotProduct(_weights), _scale * variance * degrees / (degrees - 2));
    }

    private double Covariance(SurfacePlace a, SurfacePlace b)
    {
        var r = Math.Sqrt(5) * a.DistanceTo(b) / _shape.Length;
        return 1 + (SlopeVariance * a.Size * b.Size) + (_shape.Bend * _shape.Bend * (1 + r + (r * r / 3)) * Math.Exp(-r));
    }
}

/// <summary>How a surface is expected to run.</summary>
/// <param name="Length">Distance, as a share of the grid's side, over which figures resemble each other.</param>
/// <param name="Bend">Deviation of the surface from a straight line over the size, where figures have a deviation of 1.</param>
/// <param name="Noise">Deviation of single figures from the surface.</param>
internal readonly record struct SurfaceShape(double Length, double Bend, double Noise);
