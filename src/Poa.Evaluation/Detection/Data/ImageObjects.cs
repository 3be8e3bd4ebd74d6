using Poa.Evaluation.Detection.Coco;

namespace Poa.Evaluation.Detection.Data;

/// <summary>An object to learn from.</summary>
/// <param name="Id">Its annotation's id.</param>
/// <param name="Box">Its box in the stored image.</param>
/// <param name="Label">Its class, the category's place by rising id.</param>
/// <param name="Segmentation">Its outline, rasterised when needed; null where the file gives none.</param>
public sealed record DetectionObject(long Id, CocoBox Box, int Label, CocoSegmentation? Segmentation);

/// <summary>What an image shows.</summary>
/// <param name="Objects">Single objects.</param>
/// <param name="Crowds">Boxes of crowds.</param>
public sealed record ImageObjects(IReadOnlyList<DetectionObject> Objects, IReadOnlyList<CocoBox> Crowds);
