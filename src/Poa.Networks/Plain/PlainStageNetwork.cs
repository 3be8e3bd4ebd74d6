using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>
/// An extracted Swin or ResNet. The class token is the mean over the last map; patch tokens are the cells of that map, which are up-sampled in
/// pre-training only.
/// </summary>
public sealed class PlainStageNetwork : PlainNetwork
{
    /// <summary>Creates a network that owns the given weights.</summary>
    /// <param name="configuration">Its shape.</param>
    /// <param name="weights">Exactly the weights of that shape.</param>
    /// <param name="source">Where they come from, for the error.</param>
    /// <exception cref="WeightMismatchException">Weights are missing, superfluous or of another shape; all are named.</exception>
    public PlainStageNetwork(PlainStageConfiguration configuration, IReadOnlyDictionary<string, Tensor> weights, string source)
        : base(configuration, weights, source) => Configuration = configuration;

    /// <inheritdoc/>
    public override PlainStageConfiguration Configuration { get; }

    /// <inheritdoc/>
    public override BackboneOutput Forward(Tensor images_BCHW)
    {
        ArgumentNullException.ThrowIfNull(images_BCHW);
        return Configuration.Forward(Weights, images_BCHW);
    }

    /// <summary>The output of every stage, for dense tasks; for Swin after the norm of the stage.</summary>
    /// <param name="images_BCHW">As for <see cref="Forward"/>.</param>
    /// <returns>Four maps [B, C, h, w], finest first.</returns>
    public IReadOnlyList<Tensor> StageMaps(Tensor images_BCHW)
    {
        ArgumentNullException.ThrowIfNull(images_BCHW);
        return Configuration.StageMaps(Weights, images_BCHW);
    }
}
