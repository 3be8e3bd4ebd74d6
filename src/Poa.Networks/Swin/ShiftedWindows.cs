using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Poa.Networks;

/// <summary>
/// Cuts maps into windows as the authors' Swin does: zeros are added at the right and the bottom up to whole windows, then the map is rolled. Zeros
/// take part in attention; cells that only rolling has made neighbours are kept apart. A shift is made even where the map is no larger than the window.
/// Keeps the masks that it makes, for one forward pass.
/// </summary>
/// <remarks>Shape letters: B images, H and W cells, D width, V windows of an image, N cells of a window.</remarks>
/// <param name="size">Side of a window in cells.</param>
internal sealed class ShiftedWindows(int size) : IDisposable
{
    // Added to the attention scores of pairs that are kept apart.
    private const double Apart = -100;

    private readonly Dictionary<(long Height, long Width), Tensor> _masks = [];

    /// <summary>Side of a window in cells.</summary>
    internal int Size => size;

    /// <summary>The windows of a map.</summary>
    /// <param name="x_BHWD">The map.</param>
    /// <param name="shift">Cells that the map is rolled by, up and to the left.</param>
    /// <returns>[B * V, N, D]</returns>
    internal Tensor Cut(Tensor x_BHWD, int shift)
    {
        var (batch, channels) = (x_BHWD.shape[0], x_BHWD.shape[3]);
        var (height, width) = (Padded(x_BHWD.shape[1]), Padded(x_BHWD.shape[2]));
        if (height != x_BHWD.shape[1] || width != x_BHWD.shape[2])
        {
            x_BHWD = functional.pad(x_BHWD, [0, 0, 0, width - x_BHWD.shape[2], 0, height - x_BHWD.shape[1]], PaddingModes.Constant, 0);
        }

        if (shift > 0)
        {
            x_BHWD = x_BHWD.roll([-shift, -shift], [1, 2]);
        }

        return x_BHWD.view(batch, height / size, size, width / size, size, channels)
            .permute(0, 1, 3, 2, 4, 5)
            .reshape(-1, (long)size * size, channels);
    }

    /// <summary>The map of windows: undoes <see cref="Cut"/>.</summary>
    /// <param name="windows_VND">[B * V, N, D]</param>
    /// <param name="batch">B</param>
    /// <param name="mapHeight">H</param>
    /// <param name="mapWidth">W</param>
    /// <param name="shift">As for <see cref="Cut"/>.</param>
    /// <returns>[B, H, W, D]</returns>
    internal Tensor Join(Tensor windows_VND, long batch, long mapHeight, long mapWidth, int shift)
    {
        var (height, width) = (Padded(mapHeight), Padded(mapWidth));
        var x_BHWD = windows_VND.view(batch, height / size, width / size, size, size, -1).permute(0, 1, 3, 2, 4, 5).reshape(batch, height, width, -1);
        if (shift > 0)
        {
            x_BHWD = x_BHWD.roll([shift, shift], [1, 2]);
        }

        return x_BHWD.narrow(1, 0, mapHeight).narrow(2, 0, mapWidth);
    }

    /// <summary>What keeps cells apart in the windows of a rolled map: [V, N, N], 0 or -100.</summary>
    /// <param name="mapHeight">H</param>
    /// <param name="mapWidth">W</param>
    /// <param name="shift">The shift, the same in every call.</param>
    /// <param name="like">Gives type and device.</param>
    internal Tensor Mask(long mapHeight, long mapWidth, int shift, Tensor like)
    {
        var (height, width) = (Padded(mapHeight), Padded(mapWidth));
        if (!_masks.TryGetValue((height, width), out var mask))
        {
            using var scope = NewDisposeScope();
            var windows_VN = Cut(tensor(Regions(height, width, shift), device: like.device).view(1, height, width, 1), 0).squeeze(-1);
            mask = (windows_VN.unsqueeze(1) != windows_VN.unsqueeze(2)).to(like.dtype).Times(Apart).DetachFromDisposeScope();
            _masks.Add((height, width), mask);
        }

        return mask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var mask in _masks.Values)
        {
            mask.Dispose();
        }
    }

    /// <summary>
    /// Which cells may see each other, row by row: those of one number. Of three stretches along each side two meet in the last window, only
    /// because the map was rolled.
    /// </summary>
    private long[] Regions(long height, long width, int shift)
    {
        var regions = new long[height * width];
        for (var row = 0L; row < height; row++)
        {
            for (var column = 0L; column < width; column++)
            {
                regions[(row * width) + column] = (3 * Stretch(row, height, shift)) + Stretch(column, width, shift);
            }
        }

        return regions;
    }

    private long Stretch(long place, long length, int shift) => place < length - size ? 0 : place < length - shift ? 1 : 2;

    private long Padded(long length) => (length + size - 1) / size * size;
}
