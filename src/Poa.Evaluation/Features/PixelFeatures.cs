using static TorchSharp.torch;

namespace Poa.Evaluation.Features;

/// <summary>The pixels themselves, for comparison: no network, no centring, only divided by their length.</summary>
public sealed class PixelFeatures(int imageSize, Device? device = null) : IImageFeatures
{
    /// <summary>The name that stands in place of a sub-network's.</summary>
    public const string NetworkName = "pixels";

    /// <inheritdoc/>
    public string Description => "pixels in [0, 1], L2-normalised";

    /// <inheritdoc/>
    public IReadOnlyList<FeatureOutput> Outputs { get; } = [new(NetworkName, 3 * imageSize * imageSize)];

    /// <inheritdoc/>
    public Device Device { get; } = device ?? CPU;

    /// <inheritdoc/>
    public void Extract(Tensor images_BCHW, Action<int, Tensor> take)
    {
        ArgumentNullException.ThrowIfNull(images_BCHW);
        ArgumentNullException.ThrowIfNull(take);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        take(0, UnitFeatures.Of(images_BCHW.flatten(1)));
    }
}
