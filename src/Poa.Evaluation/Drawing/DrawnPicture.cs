using Poa.Data.Imaging;

namespace Poa.Evaluation.Drawing;

/// <summary>A picture with what it shows.</summary>
/// <param name="Caption">For people.</param>
/// <param name="Image">The picture.</param>
public sealed record DrawnPicture(string Caption, RgbImage Image);
