using Poa.Evaluation.Dense.Layers;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Segmentation;

/// <summary>A part of an image.</summary>
/// <param name="Top">First row.</param>
/// <param name="Left">First column.</param>
/// <param name="Bottom">Row after the last.</param>
/// <param name="Right">Column after the last.</param>
internal readonly record struct ImageWindow(int Top, int Left, int Bottom, int Right);

/// <summary>Scores of an image of any size from a network that sees windows of one size: averaged where windows overlap (mmseg's slide mode).</summary>
/// <param name="crop">Side of a window in pixels.</param>
/// <param name="stride">Pixels between two windows, at most the crop.</param>
internal sealed class SlidingWindow(int crop, int stride)
{
    /// <summary>The windows, row by row. The last of an axis is moved back to end with the image; one of a small image is the image.</summary>
    internal IReadOnlyList<ImageWindow> Windows(int height, int width) =>
    [
        .. from row in Enumerable.Range(0, CountOf(height))
           from column in Enumerable.Range(0, CountOf(width))
           let bottom = Math.Min((row * stride) + crop, height)
           let right = Math.Min((column * stride) + crop, width)
           select new ImageWindow(Math.Max(bottom - crop, 0), Math.Max(right - crop, 0), bottom, right),
    ];

    /// <summary>The scores of a whole image.</summary>
    /// <param name="image_1CHW">[1, C, H, W]</param>
    /// <param name="classes">K</param>
    /// <param name="logitsOf">Scores of a window, [1, K, h, w]; they are resized to the window.</param>
    /// <param name="cancellationToken">Stops between two windows.</param>
    /// <returns>[1, K, H, W]</returns>
    internal Tensor Logits(Tensor image_1CHW, int classes, Func<Tensor, Tensor> logitsOf, CancellationToken cancellationToken = default)
    {
        using var scope = NewDisposeScope();
        var (height, width) = ((int)image_1CHW.shape[2], (int)image_1CHW.shape[3]);
        var sum = zeros([1, classes, height, width], device: image_1CHW.device);
        var count = zeros([1, 1, height, width], device: image_1CHW.device);
        foreach (var window in Windows(height, width))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var windowScope = NewDisposeScope();
            var logits = Resizing.Bilinear(logitsOf(Cut(image_1CHW, window)), window.Bottom - window.Top, window.Right - window.Left);
            Cut(sum, window).PlusInPlace(logits);
            Cut(count, window).PlusInPlace(ones_like(Cut(count, window)));
        }

        return sum.div_(count).MoveToOuterDisposeScope();
    }

    private static Tensor Cut(Tensor x, ImageWindow window) =>
        x.narrow(2, window.Top, window.Bottom - window.Top).narrow(3, window.Left, window.Right - window.Left);

    private int CountOf(int size) => (Math.Max(size - crop + stride - 1, 0) / stride) + 1;
}
