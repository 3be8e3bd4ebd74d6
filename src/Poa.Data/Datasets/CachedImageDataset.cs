using Poa.Data.Imaging;

namespace Poa.Data.Datasets;

/// <summary>
/// Keeps decoded images in memory up to a bound, so that a set that fits is decoded once. Images beyond the bound are
/// decoded at every use. Results are the same with and without it.
/// </summary>
public sealed class CachedImageDataset : IImageDataset
{
    private readonly IImageDataset inner;
    private readonly RgbImage?[] images;
    private readonly long maximumBytes;
    private long bytes;

    /// <param name="inner">The set.</param>
    /// <param name="maximumBytes">Bound on the memory of the kept pixels, in bytes.</param>
    public CachedImageDataset(IImageDataset inner, long maximumBytes)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentOutOfRangeException.ThrowIfNegative(maximumBytes);
        this.inner = inner;
        this.maximumBytes = maximumBytes;
        images = new RgbImage?[inner.Count];
    }

    /// <summary>Bytes of pixels kept now; at most the bound.</summary>
    public long CachedBytes => Interlocked.Read(ref bytes);

    /// <inheritdoc />
    public int Count => inner.Count;

    /// <inheritdoc />
    public IReadOnlyList<string>? ClassNames => inner.ClassNames;

    /// <inheritdoc />
    public string Name => inner.Name;

    /// <inheritdoc />
    public string Fingerprint => inner.Fingerprint;

    /// <inheritdoc />
    public int? LabelOf(int index) => inner.LabelOf(index);

    /// <inheritdoc />
    public string DescribeItem(int index) => inner.DescribeItem(index);

    /// <inheritdoc />
    public RgbImage Load(int index)
    {
        if (Volatile.Read(ref images[index]) is { } kept)
        {
            return kept;
        }

        var image = inner.Load(index);
        if (Interlocked.Add(ref bytes, image.ByteCount) > maximumBytes
            || Interlocked.CompareExchange(ref images[index], image, null) is not null)
        {
            Interlocked.Add(ref bytes, -image.ByteCount);
        }

        return image;
    }
}
