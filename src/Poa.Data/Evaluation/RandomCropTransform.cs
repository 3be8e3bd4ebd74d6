using Poa.Data.Imaging;
using Poa.Elastic;

namespace Poa.Data.Evaluation;

/// <summary>
/// What a linear probe does to a training image (DINOv2's classification transform): a random part resized to a square (bicubic,
/// antialiased), mirrored at random, scaled to [0, 1] and normalised per channel.
/// </summary>
/// <param name="Size">Pixels per side of the result, at least 1.</param>
/// <param name="Crop">Which parts are taken.</param>
/// <param name="FlipProbability">Probability of mirroring, in [0, 1].</param>
/// <param name="Normalisation">Per-channel mean and deviation.</param>
public sealed record RandomCropTransform(int Size, RandomCrop Crop, double FlipProbability, Normalisation Normalisation)
{
    /// <summary>Transforms one image.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="random">The draw's own stream.</param>
    /// <param name="workspace">Scratch memory; one per thread.</param>
    /// <param name="target">[3, Size, Size].</param>
    public void Apply(RgbImage image, RandomStream random, EvaluationWorkspace workspace, Span<float> target)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(workspace);
        var part = Crop.Draw(random, image.Width, image.Height);
        var pixels = workspace.Pixels(Size * Size);
        workspace.Resampler.Resize(image, part, Size, Size, pixels);
        if (random.NextBool(FlipProbability))
        {
            HorizontalFlip.Apply(pixels, Size);
        }

        Normalisation.Apply(pixels, target);
    }
}
