namespace Poa.Elastic;

/// <summary>Counts of the plain ViT that a sub-network is extracted into.</summary>
internal static class ViTCost
{
    /// <summary>
    /// With W channels, L blocks, F hidden channels, N patches, T = N + 1 tokens, C image channels, P pixels per patch side:
    /// <code>
    /// parameters = W C P^2 + W                       patch embedding
    ///            + W + T W                           class token, positions
    ///            + L (2W + 3W^2 [+ 3W]               norm1, qkv [bias]
    ///                 + W^2 [+ W] + 2W + ffn [+ 2W]) projection [bias], norm2, feed-forward [two LayerScales]
    ///            + 2W                                final norm
    /// ffn        = 2 W F [+ F + W]   for an MLP,   3 W F [+ 2F + W]   for SwiGLU
    /// multiply-accumulates = N W C P^2 + L (3 T W^2 + 2 T^2 W + T W^2 + 2 or 3 times T W F)
    /// </code>
    /// Matrix products only: biases, norms, softmax and activations are of lower order.
    /// </summary>
    public static SubNetworkCost Of(ViTArchitecture architecture, SubNetwork subNetwork, int imageSize)
    {
        if (imageSize < architecture.PatchSize || imageSize % architecture.PatchSize != 0)
        {
            throw new ArgumentException($"Image size {imageSize} is not a positive multiple of the patch size {architecture.PatchSize}.", nameof(imageSize));
        }

        long width = subNetwork.Width;
        long depth = subNetwork.Depth.Blocks;
        long hidden = architecture.HiddenDim(subNetwork.Width);
        long side = imageSize / architecture.PatchSize;
        var patches = side * side;
        var tokens = patches + 1;
        var patchValues = (long)architecture.InChannels * architecture.PatchSize * architecture.PatchSize;
        var gates = architecture.FeedForward == FeedForward.SwiGlu ? 2 : 1;
        var matrices = gates + 1;

        var block = (2 * width) + (3 * width * width) + (architecture.QkvBias ? 3 * width : 0)
            + (width * width) + (architecture.ProjBias ? width : 0)
            + (2 * width) + (matrices * width * hidden) + (architecture.FfnBias ? (gates * hidden) + width : 0)
            + (architecture.LayerScale is null ? 0 : 2 * width);
        var parameters = (width * patchValues) + width + width + (tokens * width) + (depth * block) + (2 * width);

        var blockProducts = (4 * tokens * width * width) + (2 * tokens * tokens * width) + (matrices * tokens * width * hidden);
        return new SubNetworkCost(parameters, (patches * width * patchValues) + (depth * blockProducts));
    }
}
