namespace Poa.Evaluation.Detection.Coco;

/// <summary>An image of the set.</summary>
/// <param name="Id">Its id, unique among images.</param>
/// <param name="Width">Columns, in pixels.</param>
/// <param name="Height">Rows, in pixels.</param>
/// <param name="FileName">Its file, relative to the set's folder of images; null where the set does not say.</param>
public sealed record CocoImage(long Id, int Width, int Height, string? FileName);

/// <summary>A class of objects.</summary>
/// <param name="Id">Its id, unique among categories; ids may have gaps.</param>
/// <param name="Name">Its name.</param>
public sealed record CocoCategory(long Id, string Name);

/// <summary>An object in an image.</summary>
/// <param name="Id">Its id, unique among annotations.</param>
/// <param name="ImageId">The image.</param>
/// <param name="CategoryId">The class.</param>
/// <param name="Box">Its box.</param>
/// <param name="Area">Pixels of its mask as the file says: it decides whether the object is small, medium or large.</param>
/// <param name="IsCrowd">Whether it stands for many objects: those are not searched for, and detections in it are not held against the detector.</param>
/// <param name="Segmentation">Outline or mask; null where there is none.</param>
public sealed record CocoAnnotation(long Id, long ImageId, long CategoryId, CocoBox Box, double Area, bool IsCrowd, CocoSegmentation? Segmentation);

/// <summary>An object that a detector found. At least one of box and segmentation is given.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="CategoryId">The class.</param>
/// <param name="Score">Confidence; only the order counts.</param>
/// <param name="Box">Its box; null if only the mask is given.</param>
/// <param name="Segmentation">Its mask; null if only the box is given.</param>
public readonly record struct CocoDetection(long ImageId, long CategoryId, double Score, CocoBox? Box = null, CocoSegmentation? Segmentation = null);
