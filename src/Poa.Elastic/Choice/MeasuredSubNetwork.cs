namespace Poa.Elastic;

/// <summary>A sub-network with what it costs and what it is worth.</summary>
/// <param name="SubNetwork">The sub-network.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="MultiplyAccumulates">Its multiply-accumulates of one forward pass of one image.</param>
/// <param name="LatencyMilliseconds">Measured time of a forward pass; NaN where it was not measured.</param>
/// <param name="Metric">What it is worth; NaN where it was not measured.</param>
public sealed record MeasuredSubNetwork(SubNetwork SubNetwork, long Parameters, long MultiplyAccumulates, double LatencyMilliseconds, double Metric);
