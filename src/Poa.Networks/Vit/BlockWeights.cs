using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Poa.Networks;

/// <summary>
/// A transformer block with its sub-network chosen: ordinary layers, sliced once per forward pass and used for all its inputs.
/// Norms, linear layers and the feed-forward run on all tokens as one matrix [T, D]; only attention goes input by input.
/// </summary>
/// <param name="HeadDim">Channels per head; the attention scale is its inverse square root.</param>
/// <param name="Norm1">Norm before attention.</param>
/// <param name="Qkv">[3D, D]: q, k, v one after the other, each ordered by head.</param>
/// <param name="Proj">Attention projection, LayerScale folded in.</param>
/// <param name="Norm2">Norm before the feed-forward.</param>
/// <param name="Expand">First feed-forward layer; of both gates for SwiGLU.</param>
/// <param name="Contract">Last feed-forward layer, LayerScale folded in.</param>
/// <param name="Gated">SwiGLU rather than GELU.</param>
internal sealed record BlockWeights(
    int HeadDim, NormWeights Norm1, LinearWeights Qkv, LinearWeights Proj, NormWeights Norm2, LinearWeights Expand, LinearWeights Contract, bool Gated)
{
    /// <summary>The whole block.</summary>
    /// <param name="x_TD">Packed tokens.</param>
    /// <param name="groups">The inputs packed in them.</param>
    internal Tensor Forward(Tensor x_TD, IReadOnlyList<TokenGroup> groups)
    {
        using var scope = NewDisposeScope();
        // The sums are made in place in the branch's own output, which no gradient formula needs.
        x_TD = AttentionBranch(x_TD, groups).PlusInPlace(x_TD);
        return FeedForwardBranch(x_TD).PlusInPlace(x_TD).MoveToOuterDisposeScope();
    }

    /// <summary>What attention adds, [T, D].</summary>
    internal Tensor AttentionBranch(Tensor x_TD, IReadOnlyList<TokenGroup> groups)
    {
        var qkv = TokenGroup.Split(Qkv.Apply(Norm1.Apply(x_TD)), groups);
        var mixed = qkv.Select((part, i) => Attend(part, groups[i])).ToArray();
        return Proj.Apply(TokenGroup.Pack(mixed));
    }

    /// <summary>What the feed-forward adds, [T, D].</summary>
    internal Tensor FeedForwardBranch(Tensor x_TD)
    {
        var expanded = Expand.Apply(Norm2.Apply(x_TD));
        if (!Gated)
        {
            return Contract.Apply(functional.gelu(expanded));
        }

        var gates = expanded.chunk(2, -1);
        return Contract.Apply(functional.silu(gates[0]) * gates[1]);
    }

    /// <summary>
    /// The block's class tokens alone, for a last block of which nothing else is used: only the class token asks, and only it goes
    /// through projection and feed-forward.
    /// </summary>
    /// <param name="x_TD">Packed tokens of one input.</param>
    /// <param name="group">The input.</param>
    /// <returns>[B, D]</returns>
    internal Tensor ForwardClassToken(Tensor x_TD, TokenGroup group)
    {
        using var scope = NewDisposeScope();
        var width = x_TD.shape[1];
        var normed = Norm1.Apply(x_TD);
        var query = Rows(0, 1).Apply(ClassRows(normed));
        var keyValue = Rows(1, 2).Apply(normed).view(group.Batch, group.Tokens, 2, -1, HeadDim).unbind(2);
        var mixed = functional.scaled_dot_product_attention(
            query.view(group.Batch, 1, -1, HeadDim).transpose(1, 2), keyValue[0].transpose(1, 2), keyValue[1].transpose(1, 2));
        var x_BD = Proj.Apply(mixed.transpose(1, 2).reshape(group.Batch, width)).PlusInPlace(ClassRows(x_TD));
        return FeedForwardBranch(x_BD).PlusInPlace(x_BD).MoveToOuterDisposeScope();

        Tensor ClassRows(Tensor packed) => packed.view(group.Batch, group.Tokens, width).select(1, 0);

        LinearWeights Rows(long first, long count) =>
            new(Qkv.Weight.narrow(0, first * width, count * width), Qkv.Bias?.narrow(0, first * width, count * width));
    }

    private Tensor Attend(Tensor qkv, TokenGroup group)
    {
        // unbind, because its gradient is one stack; three selects would each fill a whole qkv with zeros.
        var parts = qkv.view(group.Batch, group.Tokens, 3, -1, HeadDim).unbind(2);
        var mixed = functional.scaled_dot_product_attention(parts[0].transpose(1, 2), parts[1].transpose(1, 2), parts[2].transpose(1, 2));
        return mixed.transpose(1, 2).reshape(group.Rows, -1);
    }
}
