using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>What a sub-network takes of one axis of the intact network's tensors: the leading channels, or some that were drawn.</summary>
/// <param name="Count">How many.</param>
/// <param name="Drawn">Their ascending indices; null for the leading ones.</param>
public readonly record struct Channels(int Count, IReadOnlyList<int>? Drawn = null)
{
    /// <summary>The leading channels.</summary>
    public static implicit operator Channels(int count) => new(count);

    /// <summary>These channels of a tensor; the tensor itself where they are all.</summary>
    /// <param name="whole">Has the intact network's channels along the dimension.</param>
    /// <param name="dimension">Counted from 0.</param>
    internal Tensor Of(Tensor whole, int dimension)
    {
        if (Drawn is not null)
        {
            using var indices = tensor(Drawn.Select(index => (long)index).ToArray(), device: whole.device);
            return whole.index_select(dimension, indices);
        }

        return whole.shape[dimension] == Count ? whole : whole.narrow(dimension, 0, Count);
    }

    /// <summary>The channels of what are heads here.</summary>
    /// <param name="headDim">Channels of a head.</param>
    internal Channels OfHeads(int headDim) => new(Count * headDim, Drawn is null ? null : [.. Drawn.SelectMany(head => Enumerable.Range(head * headDim, headDim))]);
}
