namespace Poa.Evaluation.Features;

internal static class FeatureSlice
{
    /// <summary>Checks a read of <paramref name="length"/> values against the matrix.</summary>
    public static void Check(IFeatureRows rows, int firstRow, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        if (length % rows.Width != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(length), length, $"A slice holds whole rows of {rows.Width} values.");
        }

        if (firstRow + (long)(length / rows.Width) > rows.Count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(firstRow), firstRow, $"Rows {firstRow} to {firstRow + (length / rows.Width) - 1} of a matrix with {rows.Count} rows.");
        }
    }
}
