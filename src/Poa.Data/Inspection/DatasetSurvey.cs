namespace Poa.Data.Inspection;

/// <summary>What a look at a set of images found.</summary>
/// <param name="Name">The canonical specification.</param>
/// <param name="Images">Images counted.</param>
/// <param name="IsLowerBound">Counting was cut short: there may be more.</param>
/// <param name="ClassNames">Classes in label order; null for a set without labels.</param>
/// <param name="Sample">Images that were decoded, or could not be.</param>
public sealed record DatasetSurvey(
    string Name, long Images, bool IsLowerBound, IReadOnlyList<string>? ClassNames, IReadOnlyList<SurveyedImage> Sample);

/// <summary>An image that was tried.</summary>
/// <param name="Name">Its path, or what the set calls it.</param>
/// <param name="Width">Columns; 0 if it cannot be read.</param>
/// <param name="Height">Rows; 0 if it cannot be read.</param>
/// <param name="Error">Why it cannot be read; null if it can.</param>
public sealed record SurveyedImage(string Name, int Width, int Height, string? Error);
