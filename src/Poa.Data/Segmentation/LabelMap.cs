namespace Poa.Data.Segmentation;

/// <summary>A class for every pixel of an image.</summary>
public sealed class LabelMap
{
    /// <summary>Label of a pixel that belongs to no class: not trained on, not counted.</summary>
    public const byte Ignored = 255;

    private readonly byte[] labels;

    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="labels">width * height labels, row-major; the map keeps the array.</param>
    /// <exception cref="ArgumentException">The array's length does not fit the size.</exception>
    public LabelMap(int width, int height, byte[] labels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.LongLength != (long)width * height)
        {
            throw new ArgumentException($"A {width} x {height} label map takes {(long)width * height} bytes, not {labels.LongLength}.", nameof(labels));
        }

        (Width, Height, this.labels) = (width, height, labels);
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>All labels, row-major.</summary>
    public ReadOnlySpan<byte> Labels => labels;

    /// <summary>
    /// The map with label 0 (unlabelled) ignored and every other label one less: <c>reduce_zero_label</c> of the reference.
    /// </summary>
    public LabelMap WithoutZero()
    {
        var reduced = new byte[labels.Length];
        for (var i = 0; i < reduced.Length; i++)
        {
            reduced[i] = labels[i] is 0 or Ignored ? Ignored : (byte)(labels[i] - 1);
        }

        return new LabelMap(Width, Height, reduced);
    }
}
