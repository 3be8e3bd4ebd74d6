namespace Poa.Storage;

/// <summary>Part of a blob.</summary>
/// <param name="Offset">First byte, counted from 0.</param>
/// <param name="Length">Bytes; null, or more than there are: up to the end.</param>
public readonly record struct ByteRange(long Offset, long? Length = null)
{
    /// <exception cref="ArgumentOutOfRangeException">Offset or length is negative.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Offset, "range.Offset");
        ArgumentOutOfRangeException.ThrowIfNegative(Length ?? 0, "range.Length");
    }

    /// <returns>Bytes that the range covers in a blob of <paramref name="size"/> bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range begins behind the end.</exception>
    internal long LengthIn(string name, long size) => Offset <= size
        ? Math.Min(Length ?? long.MaxValue, size - Offset)
        : throw new ArgumentOutOfRangeException("range", Offset, $"The range begins at byte {Offset}, but {name} has {size} bytes.");
}
