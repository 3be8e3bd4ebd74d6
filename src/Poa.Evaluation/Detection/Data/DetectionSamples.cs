using Poa.Data.Imaging;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Data;

/// <summary>An image and its objects, changed. The tensors belong to no dispose scope.</summary>
internal sealed record DetectionSample(RgbImage Image, ImageTruth Truth) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Truth.Tensors)
        {
            tensor.Dispose();
        }
    }
}

/// <summary>
/// Makes the inputs of training and testing out of a set, on the CPU. What they hold depends on arguments only, so any thread may make them.
/// </summary>
internal sealed class DetectionSamples(CocoDetectionDataset dataset, DetectionImageOptions options, bool masks)
{
    private readonly DetectionRecipe recipe = new(options);

    /// <summary>One image of a training step.</summary>
    /// <param name="image">Its place in the set.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="iteration">The step.</param>
    /// <param name="place">In the batch.</param>
    public DetectionSample Training(int image, long seed, long iteration, int place)
    {
        using var scope = NewDisposeScope();
        var picture = dataset.Load(image);
        var size = new PixelSize(picture.Height, picture.Width);
        var steps = recipe.Training(size, seed, iteration, place);
        var truth = ImageTruth.Of(dataset.ObjectsOf(image), size, masks).After(steps, size);
        foreach (var tensor in truth.Tensors)
        {
            tensor.DetachFromDisposeScope();
        }

        return new(steps.Aggregate(picture, (changed, step) => step.Image(changed)), truth);
    }

    /// <summary>Puts training images together.</summary>
    public DetectionBatch Batch(IReadOnlyList<DetectionSample> samples)
    {
        using var scope = NewDisposeScope();
        return DetectionBatch.Of(samples, options).Detached();
    }

    /// <summary>One test image, without objects.</summary>
    /// <param name="image">Its place in the set.</param>
    /// <param name="stored">Its size before it was resized.</param>
    public DetectionBatch Test(int image, out PixelSize stored)
    {
        using var scope = NewDisposeScope();
        var picture = dataset.Load(image);
        stored = new(picture.Height, picture.Width);
        var resized = recipe.Test(stored).Image(picture);
        return DetectionBatch.Of([new(resized, ImageTruth.Of(new([], []), stored, masks: false))], options).Detached();
    }
}
