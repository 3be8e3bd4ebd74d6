using Poa.Evaluation.Detection.Coco;
using Poa.Evaluation.Detection.Data;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Operators;

/// <summary>
/// From the small masks of a head to masks of the image: each is stretched over its box with bilinear sampling (pixel centres at halves, zero
/// beyond the mask) and cut at a threshold. One detection at a time and only around its box, so memory does not grow with their number.
/// </summary>
internal static class MaskPasting
{
    /// <param name="masks_NMM">Probabilities [N, M, M].</param>
    /// <param name="boxes_N4">Boxes in pixels of the image [N, 4].</param>
    /// <param name="image">Size of the image.</param>
    /// <param name="threshold">From this probability on, a pixel is set.</param>
    public static RunLengthMask[] Paste(Tensor masks_NMM, Tensor boxes_N4, PixelSize image, double threshold = 0.5)
    {
        ShapeChecks.Rows(boxes_N4, 4);
        if (masks_NMM.dim() != 3 || masks_NMM.shape[0] != boxes_N4.shape[0] || masks_NMM.shape[1] != masks_NMM.shape[2])
        {
            throw ShapeChecks.Wrong(masks_NMM, $"[{boxes_N4.shape[0]}, M, M]", nameof(masks_NMM));
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var sides = boxes_N4.to(ScalarType.Float32).cpu().contiguous();
        var pasted = new RunLengthMask[masks_NMM.shape[0]];
        for (var i = 0; i < pasted.Length; i++)
        {
            using var one = NewDisposeScope();
            var box = sides[i].data<float>();
            pasted[i] = Paste(masks_NMM[i], new(box[0], box[2], image.Width), new(box[1], box[3], image.Height), image, threshold);
        }

        return pasted;
    }

    private static RunLengthMask Paste(Tensor mask_MM, Stretch across, Stretch down, PixelSize image, double threshold)
    {
        if (across.Pixels <= 0 || down.Pixels <= 0)
        {
            return RunLengthMask.EncodeWindow(image.Height, image.Width, 0, 0, 0, []);
        }

        // The window is made column by column, the order of runs.
        var window_WH = across.Weights(mask_MM).matmul(mask_MM.t()).matmul(down.Weights(mask_MM).t());
        var columns = window_WH.IsAtLeast(threshold).to(ScalarType.Byte).cpu().contiguous();
        return RunLengthMask.EncodeWindow(image.Height, image.Width, down.First, across.First, down.Pixels, columns.bytes);
    }

    /// <summary>
    /// A box along one axis, with the pixels of the image around it. Pixels outside have less than half of what is at the mask's edge: for thresholds
    /// below a half, the reference leaves them out too.
    /// </summary>
    private readonly struct Stretch(float from, float to, int extent)
    {
        public int First { get; } = (int)Math.Clamp(MathF.Floor(from) - 1, 0, extent);

        private int End { get; } = (int)Math.Clamp(MathF.Ceiling(to) + 1, 0, extent);

        public int Pixels => End - First;

        /// <summary>Bilinear weights of the mask's cells in each pixel, [pixels, M].</summary>
        public Tensor Weights(Tensor mask_MM)
        {
            var cells = mask_MM.shape[0];
            var centre_X = Numbers.Range(First, End, ScalarType.Float32, mask_MM.device).Plus(0.5);
            var place_X = centre_X.Minus(from).DividedBy(to - from).Times(cells).Minus(0.5);

            // A box without extent: the reference reads the middle of the mask.
            place_X = place_X.nan_to_num(-2, (cells - 1) / 2.0, (cells - 1) / 2.0);
            var cell_M = Numbers.Range(cells, ScalarType.Float32, mask_MM.device);
            return (place_X.unsqueeze(1) - cell_M).abs().neg().Plus(1).clamp_min(Numbers.Zero).to(mask_MM.dtype);
        }
    }
}
