namespace Poa.Elastic;

/// <summary>A closed range of real numbers; in YAML a list of two, <c>[0.32, 1.0]</c>.</summary>
/// <param name="Min">Lower end.</param>
/// <param name="Max">Upper end, at least <paramref name="Min"/>.</param>
public readonly record struct Interval(double Min, double Max);
