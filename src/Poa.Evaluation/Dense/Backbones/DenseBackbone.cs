using static TorchSharp.torch;

namespace Poa.Evaluation.Dense.Backbones;

/// <summary>What is known of a feature map before an image is seen.</summary>
/// <param name="Channels">Channels C.</param>
/// <param name="Stride">Pixels of the image per cell, along both axes; a fraction where the patch size is no multiple of 4.</param>
public sealed record FeatureMap(int Channels, double Stride);

/// <summary>
/// A network that gives feature maps for detection and segmentation. Those of a plain ViT come from its blocks' tokens
/// (<see cref="ViTBackbone"/>); a hierarchical network (Swin, ResNet) gives the outputs of its stages.
/// </summary>
/// <param name="name">Name of the class.</param>
public abstract class DenseBackbone(string name) : nn.Module(name)
{
    /// <summary>The maps that <see cref="Forward"/> gives, in its order.</summary>
    public abstract IReadOnlyList<FeatureMap> Maps { get; }

    /// <summary>
    /// Layers L for layer-wise learning rates: what comes before the first is layer 0, the layers are 1 .. L, and all that follows the
    /// network (a pyramid, necks, heads) is layer L + 1.
    /// </summary>
    public abstract int Layers { get; }

    /// <summary>Whether the pre-trained weights stay as they are; such a network also drops nothing in training.</summary>
    public abstract bool IsFrozen { get; }

    /// <summary>Sides of an image should be multiples of this, in pixels; what remains at the right and the bottom is not seen.</summary>
    public abstract int SizeDivisor { get; }

    /// <summary>The layer, 0 .. <see cref="Layers"/> + 1, that a parameter belongs to.</summary>
    /// <param name="parameter">Its name within this module.</param>
    public abstract int LayerOf(string parameter);

    /// <summary>The feature maps of images.</summary>
    /// <param name="images_BCHW">[B, 3, H, W], normalised; H and W at least <see cref="SizeDivisor"/>.</param>
    /// <param name="step">The training step, or null outside training.</param>
    /// <returns>One tensor [B, C, h, w] per entry of <see cref="Maps"/>, where h is about H / stride (rounded as the map's operations do).</returns>
    public abstract IReadOnlyList<Tensor> Forward(Tensor images_BCHW, StepKey? step);
}
