using Poa.Evaluation.Detection.Coco;

namespace Poa.Evaluation.Drawing;

/// <summary>An object to be drawn, found or true.</summary>
/// <param name="Class">Class, from 0; decides the colour.</param>
/// <param name="Name">Its name.</param>
/// <param name="Score">Score in [0, 1]; null for a true object.</param>
/// <param name="Box">Its box, in pixels of the image.</param>
/// <param name="Mask">Its mask, of the image's size; null if it has none.</param>
public sealed record DrawnObject(int Class, string Name, double? Score, CocoBox Box, RunLengthMask? Mask = null);
