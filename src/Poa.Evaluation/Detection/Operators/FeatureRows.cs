using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Operators;

/// <summary>
/// Feature maps of one or more strides as one table with a row of channels per pixel, from which <see cref="RoiAlign"/> reads. Made once
/// per step, as several heads read the same maps. Belongs to the dispose scope it is made in; gradients flow to the maps.
/// </summary>
internal sealed class FeatureRows
{
    /// <param name="maps_BCHW">Maps [B, C, H, W] of one batch, with the same channels.</param>
    /// <param name="strides">Pixels of the image per pixel of each map.</param>
    public FeatureRows(IReadOnlyList<Tensor> maps_BCHW, IReadOnlyList<double> strides)
    {
        if (maps_BCHW.Count == 0 || maps_BCHW.Count != strides.Count)
        {
            throw new ArgumentException($"There must be one stride per map, and at least one; there are {maps_BCHW.Count} maps and {strides.Count} strides.");
        }

        var first = maps_BCHW[0];
        foreach (var map in maps_BCHW)
        {
            if (map.dim() != 4 || map.shape[0] != first.shape[0] || map.shape[1] != first.shape[1])
            {
                throw ShapeChecks.Wrong(map, $"[{first.shape[0]}, {first.shape[1]}, H, W]", nameof(maps_BCHW));
            }
        }

        using var scope = NewDisposeScope();
        Batch = first.shape[0];
        Levels = new RoiLevel[maps_BCHW.Count];
        var firstRow = 0L;
        for (var level = 0; level < Levels.Length; level++)
        {
            var shape = maps_BCHW[level].shape;
            Levels[level] = new(strides[level], shape[2], shape[3], firstRow);
            firstRow += Batch * shape[2] * shape[3];
        }

        Table_MC = cat([.. maps_BCHW.Select(map => map.permute(0, 2, 3, 1).reshape(-1, map.shape[1]))]).MoveToOuterDisposeScope();
    }

    /// <summary>Images.</summary>
    public long Batch { get; }

    /// <summary>The maps' sizes and places.</summary>
    public RoiLevel[] Levels { get; }

    /// <summary>Rows by level, image, row, column: [M, C].</summary>
    public Tensor Table_MC { get; }
}

/// <summary>One map within <see cref="FeatureRows"/>.</summary>
/// <param name="Stride">Pixels of the image per pixel of the map.</param>
/// <param name="Height">Rows of the map.</param>
/// <param name="Width">Columns of the map.</param>
/// <param name="FirstRow">Its first row in the table.</param>
internal readonly record struct RoiLevel(double Stride, long Height, long Width, long FirstRow);
