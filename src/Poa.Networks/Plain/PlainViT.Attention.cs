using static TorchSharp.torch;

namespace Poa.Networks;

public sealed partial class PlainViT
{
    /// <summary>Where the class token looks in the last block.</summary>
    /// <param name="images_BCHW">As for <see cref="Forward"/>.</param>
    /// <returns>
    /// [B, heads, N]: the attention weights of each head on the patches, row by row. They sum to 1 less the class token's weight on itself.
    /// </returns>
    public Tensor ClassAttention(Tensor images_BCHW)
    {
        ArgumentNullException.ThrowIfNull(images_BCHW);
        using var scope = NewDisposeScope();
        var last = $"blocks.{Configuration.Depth - 1}";
        var x_BTD = Blocks(images_BCHW, Configuration.Depth - 1);
        var qkv = QueriesKeysValues($"{last}.attn", Norm($"{last}.norm1", x_BTD));
        var scores_BH1T = qkv[0].narrow(2, 0, 1).matmul(qkv[1].transpose(2, 3)).DividedBy(Math.Sqrt(Configuration.HeadDim));
        return scores_BH1T.softmax(-1).select(2, 0).narrow(2, 1, x_BTD.shape[1] - 1).MoveToOuterDisposeScope();
    }
}
