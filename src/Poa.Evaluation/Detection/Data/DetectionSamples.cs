using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Data;

/// <summary>A training image and its objects, changed. The tensors belong to no dispose scope.</summary>
internal sealed record DetectionSample(Tensor Image_CHW, ImageTruth Truth) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Truth.Tensors.Prepend(Image_CHW))
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
        var (planes, size) = Load(image);
        var steps = recipe.Training(size, seed, iteration, place);
        var truth = ImageTruth.Of(dataset.ObjectsOf(image), size, masks).After(steps, size);
        foreach (var tensor in truth.Tensors)
        {
            tensor.DetachFromDisposeScope();
        }

        return new(steps.Aggregate(planes, (changed, step) => step.Image(changed)).DetachFromDisposeScope(), truth);
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
        (var planes, stored) = Load(image);
        var resized = recipe.Test(stored).Image(planes);
        return DetectionBatch.Of([new(resized, ImageTruth.Of(new([], []), stored, masks: false))], options).Detached();
    }

    private (Tensor Planes_CHW, PixelSize Size) Load(int image)
    {
        var picture = dataset.Load(image);
        return (DetectionInput.Planes(picture), new(picture.Height, picture.Width));
    }
}
