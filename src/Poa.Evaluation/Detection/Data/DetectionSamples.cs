using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Data;

/// <summary>Makes the batches of training and testing out of a set. What a batch holds depends on its arguments only.</summary>
internal sealed class DetectionSamples(CocoDetectionDataset dataset, DetectionImageOptions options, bool masks)
{
    private readonly DetectionRecipe recipe = new(options);

    /// <summary>The batch of a training step, on the CPU; in the caller's dispose scope.</summary>
    /// <param name="images">Places in the set.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="iteration">The step.</param>
    public DetectionBatch Training(IReadOnlyList<int> images, long seed, long iteration)
    {
        using var scope = NewDisposeScope();
        var samples = new (Tensor, ImageTruth)[images.Count];
        for (var i = 0; i < images.Count; i++)
        {
            var (planes, size) = Load(images[i]);
            var steps = recipe.Training(size, seed, iteration, i);
            var truth = ImageTruth.Of(dataset.ObjectsOf(images[i]), size, masks).After(steps, size);
            samples[i] = (steps.Aggregate(planes, (image, step) => step.Image(image)), truth);
        }

        return DetectionBatch.Of(samples, options).MoveToOuterScope();
    }

    /// <summary>One test image, without objects, on the CPU; in the caller's dispose scope.</summary>
    /// <param name="image">Its place in the set.</param>
    /// <param name="stored">Its size before it was resized.</param>
    public DetectionBatch Test(int image, out PixelSize stored)
    {
        using var scope = NewDisposeScope();
        (var planes, stored) = Load(image);
        var resized = recipe.Test(stored).Image(planes);
        return DetectionBatch.Of([(resized, ImageTruth.Of(new([], []), stored, masks: false))], options).MoveToOuterScope();
    }

    private (Tensor Planes_CHW, PixelSize Size) Load(int image)
    {
        var picture = dataset.Load(image);
        return (DetectionInput.Planes(picture), new(picture.Height, picture.Width));
    }
}
