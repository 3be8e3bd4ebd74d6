using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>The raw memory of contiguous CPU tensors, in chunks that fit a span and a system call.</summary>
internal static class TensorBytes
{
    private const long ChunkBytes = 64L << 20;

    internal delegate void ChunkAction(Span<byte> chunk, long offset);

    /// <summary>Calls <paramref name="action"/> for every chunk of the tensor's memory, in order.</summary>
    /// <param name="tensor">A contiguous tensor on the CPU, of any type and size.</param>
    /// <param name="action">Gets the chunk and its offset in bytes from the tensor's first element.</param>
    internal static void ForEachChunk(Tensor tensor, ChunkAction action)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var flat = tensor.detach().view(-1);
        var chunkElements = ChunkBytes / tensor.ElementSize;
        for (var first = 0L; first < flat.NumberOfElements; first += chunkElements)
        {
            using var chunk = flat.narrow(0, first, Math.Min(chunkElements, flat.NumberOfElements - first));
            action(chunk.bytes, first * tensor.ElementSize);
        }
    }
}
