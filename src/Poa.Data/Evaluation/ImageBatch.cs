namespace Poa.Data.Evaluation;

/// <summary>Images ready for a network, in the order in which they were asked for. Its memory is reused: valid until the next batch is asked for.</summary>
public sealed class ImageBatch
{
    private readonly float[] pixels;
    private readonly int[] indices;
    private readonly int[] labels;

    internal ImageBatch(int capacity, int size)
    {
        Size = size;
        pixels = new float[capacity * ImageLength];
        indices = new int[capacity];
        labels = new int[capacity];
        Readable = new bool[capacity];
    }

    /// <summary>Images in this batch; 0 only where every image of the batch was unreadable and that is allowed.</summary>
    public int Count { get; private set; }

    /// <summary>Pixels per side.</summary>
    public int Size { get; }

    /// <summary>Floats per image: 3 * Size * Size.</summary>
    public int ImageLength => 3 * Size * Size;

    /// <summary>[Count, 3, Size, Size], normalised.</summary>
    public ReadOnlyMemory<float> Pixels => pixels.AsMemory(0, Count * ImageLength);

    /// <summary>Positions of the images in the dataset; increasing where the set is read in its order.</summary>
    public ReadOnlyMemory<int> Indices => indices.AsMemory(0, Count);

    /// <summary>Labels, -1 where the set has none.</summary>
    public ReadOnlyMemory<int> Labels => labels.AsMemory(0, Count);

    internal bool[] Readable { get; }

    internal Span<float> Image(int part) => pixels.AsSpan(part * ImageLength, ImageLength);

    internal void Describe(int part, int index, int? label, bool readable)
    {
        indices[part] = index;
        labels[part] = label ?? -1;
        Readable[part] = readable;
    }

    /// <summary>Closes the gaps that unreadable images left.</summary>
    internal void Compact(int filled)
    {
        Count = 0;
        for (var part = 0; part < filled; part++)
        {
            if (!Readable[part])
            {
                continue;
            }

            if (part != Count)
            {
                Image(part).CopyTo(Image(Count));
                indices[Count] = indices[part];
                labels[Count] = labels[part];
            }

            Count++;
        }
    }
}
