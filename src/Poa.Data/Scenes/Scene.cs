using Poa.Data.Imaging;

namespace Poa.Data.Scenes;

/// <summary>Part of a set of scenes.</summary>
public enum SceneSplit
{
    /// <summary>To train on.</summary>
    Train,

    /// <summary>To evaluate on.</summary>
    Val,
}

/// <summary>A composed picture with what is known about each of its pixels.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Owners">For each pixel, row by row, the number of the object in front; -1 where the ground shows.</param>
/// <param name="Labels">For each pixel, row by row: 0 unlabelled, 1 .. C the object categories, above that the textures of the ground.</param>
/// <param name="Objects">From the furthest to the nearest.</param>
public sealed record Scene(RgbImage Image, IReadOnlyList<int> Owners, IReadOnlyList<byte> Labels, IReadOnlyList<SceneObject> Objects);

/// <summary>What shows of an object.</summary>
/// <param name="Category">Place of its category.</param>
/// <param name="Box">The smallest box around its visible pixels.</param>
/// <param name="VisibleArea">Pixels that show.</param>
/// <param name="WholeArea">Pixels that would show without the border and nearer objects.</param>
public sealed record SceneObject(int Category, PixelBox Box, int VisibleArea, int WholeArea);
