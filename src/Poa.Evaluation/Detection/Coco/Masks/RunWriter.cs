namespace Poa.Evaluation.Detection.Coco;

/// <summary>Collects runs and joins neighbours of one value, so that what comes out is canonical.</summary>
internal ref struct RunWriter(int pixels)
{
    private int[] counts = new int[16];
    private int last;
    private long sum;

    /// <exception cref="FormatException">The run is negative or goes past the image's end.</exception>
    public void Add(bool one, long length)
    {
        if (length < 0 || (sum += length) > pixels)
        {
            throw new FormatException(length < 0 ? $"a run has the negative length {length}" : $"the runs sum to {sum} or more, and the image has {pixels} pixels");
        }

        if (length == 0)
        {
            return;
        }

        if (one != ((last & 1) != 0) && ++last == counts.Length)
        {
            Array.Resize(ref counts, 2 * last);
        }

        counts[last] += (int)length;
    }

    /// <exception cref="FormatException">The runs do not fill the image.</exception>
    public readonly int[] ToArray() => sum == pixels
        ? counts[..(last + 1)]
        : throw new FormatException($"the runs sum to {sum}, and the image has {pixels} pixels");
}
