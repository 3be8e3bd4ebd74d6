using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Poa.Networks;

/// <summary>A block of a Swin transformer with its sub-network chosen: ordinary layers, sliced once per forward pass.</summary>
/// <remarks>Shape letters: B images, H and W cells, D width, V windows of an image, N cells of a window, A heads.</remarks>
/// <param name="Index">Number of the block through all stages, for stochastic depth.</param>
/// <param name="HeadDim">Channels per head; the attention scale is its inverse square root.</param>
/// <param name="Shift">Cells that windows are shifted by.</param>
/// <param name="Norm1">Norm before attention.</param>
/// <param name="Qkv">[3D, D]: q, k, v one after the other, each ordered by head.</param>
/// <param name="Positions_ANN">Relative-position biases.</param>
/// <param name="Proj">Attention projection.</param>
/// <param name="Norm2">Norm before the feed-forward.</param>
/// <param name="Expand">First feed-forward layer.</param>
/// <param name="Contract">Second feed-forward layer.</param>
internal sealed record SwinBlockWeights(
    int Index,
    int HeadDim,
    int Shift,
    NormWeights Norm1,
    LinearWeights Qkv,
    Tensor Positions_ANN,
    LinearWeights Proj,
    NormWeights Norm2,
    LinearWeights Expand,
    LinearWeights Contract)
{
    private const int Attention = 0;
    private const int FeedForward = 1;

    /// <summary>The whole block.</summary>
    /// <param name="x_BHWD">The map.</param>
    /// <param name="windows">Windows of the network's size.</param>
    /// <param name="kept">Samples that a residual branch of a block is computed for, by the block's index and 0 for attention, 1 for the feed-forward; null for all.</param>
    /// <returns>[B, H, W, D]</returns>
    internal Tensor Forward(Tensor x_BHWD, ShiftedWindows windows, Func<int, int, KeptSamples>? kept)
    {
        using var scope = NewDisposeScope();
        x_BHWD = Add(x_BHWD, kept?.Invoke(Index, Attention), x => Attend(Norm1.Apply(x), windows));
        return Add(x_BHWD, kept?.Invoke(Index, FeedForward), x => Contract.Apply(functional.gelu(Expand.Apply(Norm2.Apply(x))))).MoveToOuterDisposeScope();
    }

    private static Tensor Add(Tensor x_BHWD, KeptSamples? kept, Func<Tensor, Tensor> branch)
    {
        if (kept is null || (kept.Indices.Count == x_BHWD.shape[0] && kept.Scale == 1))
        {
            return x_BHWD.Plus(branch(x_BHWD));
        }

        if (kept.Indices.Count == 0)
        {
            return x_BHWD.alias();
        }

        var index = tensor(kept.Indices.Select(sample => (long)sample).ToArray(), device: x_BHWD.device);
        using var scale = kept.Scale.ToScalar();
        return x_BHWD.index_add(0, index, branch(x_BHWD.index_select(0, index)), scale);
    }

    private Tensor Attend(Tensor x_BHWD, ShiftedWindows windows)
    {
        var (batch, height, width, channels) = (x_BHWD.shape[0], x_BHWD.shape[1], x_BHWD.shape[2], x_BHWD.shape[3]);
        var x_VND = windows.Cut(x_BHWD, Shift);
        var parts = Qkv.Apply(x_VND).view(x_VND.shape[0], x_VND.shape[1], 3, -1, HeadDim).unbind(2);
        var scores_VANN = parts[0].transpose(1, 2).Times(Math.Pow(HeadDim, -0.5)).matmul(parts[1].permute(0, 2, 3, 1)).Plus(Positions_ANN);
        if (Shift > 0)
        {
            var shape = scores_VANN.shape;
            scores_VANN = scores_VANN.view(batch, -1, shape[1], shape[2], shape[3]).Plus(windows.Mask(height, width, Shift, x_VND).unsqueeze(1)).view(shape);
        }

        var mixed = scores_VANN.softmax(-1).matmul(parts[2].transpose(1, 2)).transpose(1, 2).reshape(x_VND.shape[0], x_VND.shape[1], channels);
        return windows.Join(Proj.Apply(mixed), batch, height, width, Shift);
    }
}
