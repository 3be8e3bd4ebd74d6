using Poa.Elastic;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Poa.Training.Step;

/// <summary>
/// The frozen teacher's embeddings of the last images: first in, first out. Part of a checkpoint. At first it holds random directions, as that of
/// SEED's authors does (arXiv 2101.04731; MoCo's queue), which are similar to nothing.
/// </summary>
/// <remarks>As with the centres, a step proposes what enters: <see cref="Commit"/> lets it in, <see cref="Discard"/> drops it.</remarks>
internal sealed class EmbeddingQueue : IDisposable
{
    private Tensor? proposed;

    /// <param name="length">Places.</param>
    /// <param name="width">Channels of an embedding.</param>
    /// <param name="seed">The first content is a function of this and the sizes.</param>
    /// <param name="device">Where it lies.</param>
    public EmbeddingQueue(int length, int width, long seed, Device device)
    {
        using var scope = NewDisposeScope();
        var values = new float[(long)length * width];
        for (var row = 0; row < length; row++)
        {
            var stream = Randomness.For(seed, RandomPurpose.EmbeddingQueue, sample: row);
            for (var i = 0; i < width; i++)
            {
                values[((long)row * width) + i] = (float)stream.NextGaussian();
            }
        }

        // A tensor made of a managed array is aligned differently from time to time, and with it the last bits of products; the normalised copy is not.
        Rows_LE = F.normalize(tensor(values).view(length, width), 2, 1).to(device).DetachFromDisposeScope();
    }

    /// <summary>The embeddings, of length 1.</summary>
    public Tensor Rows_LE { get; }

    /// <summary>Place of the oldest one: the first to be replaced.</summary>
    public long Oldest { get; set; }

    /// <summary>Proposes to let in embeddings; earlier proposals are dropped.</summary>
    /// <param name="rows_RE">At most as many as there are places, of length 1.</param>
    public void Propose(Tensor rows_RE)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Discard();
        proposed = rows_RE.clone().DetachFromDisposeScope();
    }

    /// <summary>Lets in what was proposed, in its order, in place of the oldest.</summary>
    public void Commit()
    {
        if (proposed is null)
        {
            return;
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (count, length) = (proposed.shape[0], Rows_LE.shape[0]);
        var first = Math.Min(count, length - Oldest);
        Rows_LE.narrow(0, Oldest, first).copy_(proposed.narrow(0, 0, first));
        if (first < count)
        {
            Rows_LE.narrow(0, 0, count - first).copy_(proposed.narrow(0, first, count - first));
        }

        Oldest = (Oldest + count) % length;
        Discard();
    }

    /// <summary>Drops what was proposed.</summary>
    public void Discard()
    {
        proposed?.Dispose();
        proposed = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Discard();
        Rows_LE.Dispose();
    }
}
