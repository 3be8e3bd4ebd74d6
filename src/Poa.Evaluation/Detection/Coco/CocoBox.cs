namespace Poa.Evaluation.Detection.Coco;

/// <summary>A box as COCO's files hold it, in pixels.</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Top edge.</param>
/// <param name="Width">Right edge minus left edge.</param>
/// <param name="Height">Bottom edge minus top edge.</param>
public readonly record struct CocoBox(double X, double Y, double Width, double Height)
{
    /// <summary>In square pixels.</summary>
    public double Area => Width * Height;
}
