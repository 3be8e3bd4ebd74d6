namespace Poa.Data.Inspection;

/// <summary>How much a look at a set of images may take.</summary>
public sealed record SurveyLimits
{
    /// <summary>Images that are decoded, at most.</summary>
    public int Sample { get; init; } = 32;

    /// <summary>Time for counting; a folder with more images than can be listed in it gives a lower bound.</summary>
    public TimeSpan Counting { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time for decoding; images that are not reached are left out of the sample. The first is always tried.</summary>
    public TimeSpan Decoding { get; init; } = TimeSpan.FromSeconds(5);
}
