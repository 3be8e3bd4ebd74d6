namespace Poa.Benchmarks;

/// <summary>One figure of a report.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The figure.</param>
/// <param name="Unit">Its unit.</param>
internal sealed record Measurement(string Name, double Value, string Unit);

/// <summary>The figures of one benchmark.</summary>
/// <param name="Benchmark">Its name.</param>
/// <param name="Conditions">What it ran on, in words.</param>
/// <param name="Measurements">The figures.</param>
internal sealed record Report(string Benchmark, string Conditions, IReadOnlyList<Measurement> Measurements);
