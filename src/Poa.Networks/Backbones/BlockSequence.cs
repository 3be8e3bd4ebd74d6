using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>Blocks one after the other.</summary>
internal static class BlockSequence
{
    /// <summary>The output of the last block. That of every other is given back as soon as the next has read it: a map of a large image takes megabytes.</summary>
    /// <param name="blocks">In their order.</param>
    /// <param name="input">Of the first block; stays the caller's.</param>
    /// <param name="forward">A block's output, a tensor of its own, by the block's input.</param>
    /// <returns>The input itself if there are no blocks.</returns>
    internal static Tensor Run<TBlock>(this IEnumerable<TBlock> blocks, Tensor input, Func<Tensor, TBlock, Tensor> forward)
    {
        var x = input;
        foreach (var block in blocks)
        {
            var next = forward(x, block);
            if (!ReferenceEquals(x, input))
            {
                x.Dispose();
            }

            x = next;
        }

        return x;
    }
}
