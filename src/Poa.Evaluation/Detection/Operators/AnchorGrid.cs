using Poa.Evaluation.Detection.Data;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Operators;

/// <summary>
/// Anchors of one pyramid level: for every cell of the map, boxes of the level's scales and ratios around the cell's top left corner
/// (mmdet's offset 0). The order is row, column, ratio, scale.
/// </summary>
internal sealed class AnchorGrid
{
    private readonly float[,] shapes;

    /// <param name="stride">Pixels per cell; also the side that scales multiply.</param>
    /// <param name="scales">Sides in units of the stride.</param>
    /// <param name="ratios">Heights over widths; the area does not depend on them.</param>
    public AnchorGrid(double stride, IReadOnlyList<double> scales, IReadOnlyList<double> ratios)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stride);
        if (scales.Count == 0 || ratios.Count == 0 || scales.Concat(ratios).Any(v => !(v > 0)))
        {
            throw new ArgumentException($"Anchors need positive scales and ratios, not ({string.Join(", ", scales)}) and ({string.Join(", ", ratios)}).");
        }

        Stride = stride;
        shapes = new float[ratios.Count * scales.Count, 4];
        for (var shape = 0; shape < PerCell; shape++)
        {
            var (ratio, side) = (Math.Sqrt(ratios[shape / scales.Count]), stride * scales[shape % scales.Count]);
            var (width, height) = (side / ratio, side * ratio);
            (shapes[shape, 0], shapes[shape, 1]) = ((float)(-width / 2), (float)(-height / 2));
            (shapes[shape, 2], shapes[shape, 3]) = ((float)(width / 2), (float)(height / 2));
        }
    }

    /// <summary>Pixels per cell.</summary>
    public double Stride { get; }

    /// <summary>Anchors of one cell.</summary>
    public int PerCell => shapes.GetLength(0);

    /// <summary>The anchors of a cell whose corner is at (0, 0): [A, 4].</summary>
    public Tensor Shapes(Device? device = null) => tensor(shapes, device: device);

    /// <summary>All anchors of a map.</summary>
    /// <param name="height">Rows of the map.</param>
    /// <param name="width">Columns of the map.</param>
    /// <param name="device">Where; the CPU by default.</param>
    /// <returns>[height * width * A, 4], in pixels of the image.</returns>
    public Tensor Boxes(long height, long width, Device? device = null)
    {
        using var scope = NewDisposeScope();
        var x_HW = Numbers.Range(width, ScalarType.Float32, device).Times(Stride).unsqueeze(0).expand(height, width);
        var y_HW = Numbers.Range(height, ScalarType.Float32, device).Times(Stride).unsqueeze(1).expand(height, width);
        var corner_HW14 = stack([x_HW, y_HW, x_HW, y_HW], -1).unsqueeze(2);
        return corner_HW14.Plus(Shapes(device)).view(-1, 4).MoveToOuterDisposeScope();
    }

    /// <summary>Anchors of cells that begin within the padded image, as mmdet counts them.</summary>
    /// <param name="height">Rows of the map.</param>
    /// <param name="width">Columns of the map.</param>
    /// <param name="padded">Size of the image with its padding.</param>
    /// <param name="device">Where; the CPU by default.</param>
    /// <returns>Booleans [height * width * A].</returns>
    public Tensor Valid(long height, long width, PixelSize padded, Device? device = null)
    {
        using var scope = NewDisposeScope();
        var row_H = Numbers.Places(height, device).Times(Stride).IsBelow(padded.Height);
        var column_W = Numbers.Places(width, device).Times(Stride).IsBelow(padded.Width);
        return row_H.view(height, 1, 1).logical_and(column_W.view(1, width, 1)).expand(height, width, PerCell).reshape(-1).MoveToOuterDisposeScope();
    }

    /// <summary>Boxes that leave the image by less than a border; at the right and lower edge the limit itself is outside.</summary>
    /// <param name="boxes_N4">Anchors [N, 4].</param>
    /// <param name="image">Size of the image without padding.</param>
    /// <param name="border">How far a box may stand out, in pixels; negative: any distance.</param>
    /// <returns>Booleans [N].</returns>
    public static Tensor Inside(Tensor boxes_N4, PixelSize image, int border)
    {
        ShapeChecks.Rows(boxes_N4, 4);
        using var scope = NewDisposeScope();
        if (border < 0)
        {
            return ones(boxes_N4.shape[0], ScalarType.Bool, boxes_N4.device).MoveToOuterDisposeScope();
        }

        return boxes_N4.select(1, 0).IsAtLeast(-border)
            .logical_and(boxes_N4.select(1, 1).IsAtLeast(-border))
            .logical_and(boxes_N4.select(1, 2).IsBelow(image.Width + border))
            .logical_and(boxes_N4.select(1, 3).IsBelow(image.Height + border))
            .MoveToOuterDisposeScope();
    }
}
