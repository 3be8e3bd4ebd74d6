using Poa.Data.Imaging;
using Poa.Elastic;

namespace Poa.Evaluation.Detection.Data;

/// <summary>Says how an image is changed, without looking at its pixels: mmdet's pipeline as the paper's evaluation sets it.</summary>
internal sealed class DetectionRecipe(DetectionImageOptions options)
{
    /// <summary>Draws the changes of a training image: mirrored or not, then one of two policies.</summary>
    /// <param name="size">The stored image's.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="iteration">The step.</param>
    /// <param name="sample">The image's place in the batch.</param>
    public IReadOnlyList<GeometryStep> Training(PixelSize size, long seed, long iteration, long sample)
    {
        var stream = Randomness.For(seed, RandomPurpose.Augmentation, iteration, sample);
        var steps = new List<GeometryStep>();
        if (stream.NextBool(options.FlipProbability))
        {
            steps.Add(new Mirror());
        }

        if (stream.NextBool(options.CropProbability))
        {
            var before = KeepRatio(size, Pick(options.ShortSidesBeforeCrop, stream));
            var (top, height) = Stretch(before.Height, stream);
            var (left, width) = Stretch(before.Width, stream);
            size = new(height, width);
            steps.Add(new Resize(before));
            steps.Add(new Crop(top, left, size));
        }

        steps.Add(new Resize(KeepRatio(size, Pick(options.ShortSides, stream))));
        return steps;
    }

    /// <summary>The one change of a test image.</summary>
    public Resize Test(PixelSize size) => new(KeepRatio(size, options.TestShortSide));

    private static int Pick(IReadOnlyList<int> among, RandomStream stream) => among[stream.NextInt32(among.Count)];

    private (int First, int Length) Stretch(int side, RandomStream stream)
    {
        var length = stream.NextInt32(Math.Min(side, options.CropLeast), Math.Min(side, options.CropMost) + 1);
        return (stream.NextInt32(side - length + 1), length);
    }

    private PixelSize KeepRatio(PixelSize size, int shortSide)
    {
        var (height, width) = KeepRatioSize.Of(size.Height, size.Width, Math.Max(options.LongSide, shortSide), Math.Min(options.LongSide, shortSide));
        return new(height, width);
    }
}
