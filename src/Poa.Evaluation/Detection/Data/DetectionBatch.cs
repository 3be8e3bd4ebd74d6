using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Data;

/// <summary>Sizes of an image of a batch.</summary>
/// <param name="Image">Without padding: where objects and proposals lie.</param>
/// <param name="Padded">With the image's own padding: where anchors lie. The batch may be larger still.</param>
internal readonly record struct BatchImage(PixelSize Image, PixelSize Padded);

/// <summary>Images of one step and what they show.</summary>
/// <param name="Images_BCHW">Normalised, padded to the largest.</param>
/// <param name="Shapes">Sizes, one per image.</param>
/// <param name="Truths">Objects, one entry per image.</param>
internal sealed record DetectionBatch(Tensor Images_BCHW, IReadOnlyList<BatchImage> Shapes, IReadOnlyList<ImageTruth> Truths) : IDisposable
{
    private IEnumerable<Tensor> Tensors => Truths.SelectMany(truth => truth.Tensors).Prepend(Images_BCHW);

    /// <summary>Puts changed images together.</summary>
    public static DetectionBatch Of(IReadOnlyList<DetectionSample> samples, DetectionImageOptions options)
    {
        BatchImage[] shapes =
        [
            .. samples.Select(sample => new PixelSize(sample.Image.Height, sample.Image.Width))
                .Select(size => new BatchImage(size, DetectionInput.Padded(size, options.PadDivisor))),
        ];
        var all = new PixelSize(shapes.Max(shape => shape.Padded.Height), shapes.Max(shape => shape.Padded.Width));
        return new(
            stack([.. samples.Select(sample => DetectionInput.NormalisedAndPadded(sample.Image, options.Normalisation, all))]),
            shapes,
            [.. samples.Select(sample => sample.Truth.Padded(all))]);
    }

    public DetectionBatch To(Device device) => new(Images_BCHW.to(device), Shapes, [.. Truths.Select(truth => truth.To(device))]);

    /// <summary>Takes the tensors out of all dispose scopes; <see cref="Dispose"/> frees them.</summary>
    public DetectionBatch Detached()
    {
        foreach (var tensor in Tensors)
        {
            tensor.DetachFromDisposeScope();
        }

        return this;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
        {
            tensor.Dispose();
        }
    }
}
