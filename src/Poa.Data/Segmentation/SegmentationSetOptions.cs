namespace Poa.Data.Segmentation;

/// <summary>How the label maps of a set are to be read. The defaults are ADE20K's.</summary>
public sealed record SegmentationSetOptions
{
    /// <summary>Number of classes, 1 to 254.</summary>
    public int Classes { get; init; } = 150;

    /// <summary>Whether stored label 0 means unlabelled and label k the class k - 1.</summary>
    public bool ReducesZeroLabel { get; init; } = true;

    /// <summary>What may be stored, in words.</summary>
    internal string Allowed => ReducesZeroLabel
        ? $"0 (unlabelled), 1 .. {Classes} and {LabelMap.Ignored} (ignored)"
        : $"0 .. {Classes - 1} and {LabelMap.Ignored} (ignored)";

    /// <summary>Whether a stored label may occur.</summary>
    internal bool Allows(byte label) => label == LabelMap.Ignored || (ReducesZeroLabel ? label <= Classes : label < Classes);
}
