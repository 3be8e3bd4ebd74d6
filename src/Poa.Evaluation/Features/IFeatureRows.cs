namespace Poa.Evaluation.Features;

/// <summary>
/// A matrix of features [Count, Width], one row per image, float32, that may be larger than memory: it is read in slices.
/// All values are finite; whoever writes one checks that.
/// </summary>
public interface IFeatureRows
{
    /// <summary>Rows (images).</summary>
    int Count { get; }

    /// <summary>Values per row.</summary>
    int Width { get; }

    /// <summary>Copies whole rows into <paramref name="destination"/>. May be called from several threads.</summary>
    /// <param name="firstRow">First row to read.</param>
    /// <param name="destination">A whole number of rows, row-major; its length says how many.</param>
    /// <exception cref="ArgumentOutOfRangeException">The slice reaches past the last row, or is no whole number of rows.</exception>
    void Read(int firstRow, Span<float> destination);
}
