namespace Poa.Evaluation;

/// <summary>Which images a result was computed from.</summary>
/// <param name="Name">The data specification in canonical form.</param>
/// <param name="Fingerprint">SHA-256 of the set, see <see cref="Poa.Data.Datasets.IImageDataset.Fingerprint"/>.</param>
/// <param name="Used">Images used.</param>
/// <param name="Unreadable">Images left out because they could not be read; above 0 only where that was allowed.</param>
public sealed record DataCard(string Name, string Fingerprint, int Used, int Unreadable);
