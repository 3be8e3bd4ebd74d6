using static TorchSharp.torch;

namespace Poa.Evaluation.Features;

/// <summary>One kind of feature that a pass over the images yields: its network's name and its width.</summary>
/// <param name="Network">Name, for instance 384x12 or pixels.</param>
/// <param name="Width">Values per image.</param>
public sealed record FeatureOutput(string Network, int Width);

/// <summary>Turns a batch of images into features of one or more networks.</summary>
public interface IImageFeatures
{
    /// <summary>What the features are, in words, for the protocol.</summary>
    string Description { get; }

    /// <summary>What each batch yields, in this order.</summary>
    IReadOnlyList<FeatureOutput> Outputs { get; }

    /// <summary>Where the computation runs; batches are brought there first.</summary>
    Device Device { get; }

    /// <summary>
    /// Computes the features of a batch and hands them out one output after the other. The features of one output are the same
    /// bits whatever other outputs there are.
    /// </summary>
    /// <param name="images_BCHW">Images [B, 3, S, S] on <see cref="Device"/>, normalised as the features need it.</param>
    /// <param name="take">Called once per output with its index and its features [B, Width]; it must not keep the tensor.</param>
    void Extract(Tensor images_BCHW, Action<int, Tensor> take);
}
