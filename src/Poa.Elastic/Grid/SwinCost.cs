namespace Poa.Elastic;

/// <summary>Counts of the plain Swin transformer that a sub-network is extracted into.</summary>
internal static class SwinCost
{
    /// <summary>
    /// The patch embedding has the intact width M, since its norm runs over all of it. With W channels and F hidden channels of a stage, windows of
    /// w x w, H heads, C image channels, P pixels per patch side:
    /// <code>
    /// parameters = M C P^2 + M + 2M                                     patch embedding, its norm
    ///            + per block  2W + 3W^2 [+ 3W] + W^2 + W + (2w-1)^2 H   norm1, qkv [bias], projection, position biases
    ///                         + 2W + 2WF + F + W                        norm2, feed-forward
    ///            + per stage  2W, but for the last 8W + 8W^2            norm of its output; merging with its norm
    /// multiply-accumulates = N M C P^2 + per block 4 T' W^2 + 2 T' w^2 W + 2 T W F + per merging T'' 8W^2
    /// </code>
    /// with N patches, T tokens of the stage, T' the same padded to whole windows (padding takes part in attention), T'' tokens of the next stage.
    /// Matrix products only.
    /// </summary>
    public static SubNetworkCost Of(SwinArchitecture architecture, SubNetwork subNetwork, int imageSize)
    {
        if (imageSize < architecture.PatchSize || imageSize % architecture.PatchSize != 0)
        {
            throw new ArgumentException($"Image size {imageSize} is not a positive multiple of the patch size {architecture.PatchSize}.", nameof(imageSize));
        }

        long max = architecture.MaxEmbedDim;
        long window = architecture.WindowSize;
        long side = imageSize / architecture.PatchSize;
        var patchValues = (long)architecture.InChannels * architecture.PatchSize * architecture.PatchSize;
        var parameters = (max * patchValues) + (3 * max);
        var products = side * side * max * patchValues;
        for (var stage = 0; stage < SwinArchitecture.StageCount; stage++)
        {
            long width = SwinArchitecture.StageWidth(subNetwork.Width, stage);
            long hidden = architecture.HiddenDim(subNetwork.Width, stage);
            long blocks = architecture.KeptBlocks(stage, subNetwork.Depth).Count;
            var tokens = side * side;
            var padded = (side + window - 1) / window * window;
            padded *= padded;
            parameters += blocks * (
                (4 * width) + (4 * width * width) + width + (architecture.QkvBias ? 3 * width : 0)
                + (((2 * window) - 1) * ((2 * window) - 1) * (width / architecture.HeadDim))
                + (2 * width * hidden) + hidden + width);
            products += blocks * ((4 * padded * width * width) + (2 * padded * window * window * width) + (2 * tokens * width * hidden));
            parameters += 2 * width;
            side = (side + 1) / 2;
            if (stage < SwinArchitecture.StageCount - 1)
            {
                parameters += (8 * width) + (8 * width * width);
                products += side * side * 8 * width * width;
            }
        }

        return new SubNetworkCost(parameters, products);
    }
}
