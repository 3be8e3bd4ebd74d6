using Poa.Training.Exchange;
using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Training.Optimisation;

/// <summary>
/// The gradient of a module over the virtual shards of a step. Takes one vector per shard and keeps as few as the fixed order of
/// summation allows: one for one shard, two while two neighbours are summed. Memory is used again in every step.
/// </summary>
internal sealed class GradientSum : IDisposable
{
    private readonly Tensor like;
    private readonly Stack<Tensor> spare = new();
    private readonly PairwiseSum<Tensor> sum;

    /// <param name="like">Gives size and device; owned by the caller.</param>
    public GradientSum(Tensor like)
    {
        this.like = like;
        sum = PairwiseSum.OfTensors(spare.Push);
        spare.Push(Allocate());
    }

    /// <summary>Forgets the step before, finished or not.</summary>
    public void Clear()
    {
        foreach (var part in sum.Parts)
        {
            spare.Push(part.Value);
        }

        sum.Clear();
    }

    /// <summary>Adds a virtual shard's gradient; they come in the order of shards.</summary>
    /// <param name="virtualShard">Its number.</param>
    /// <param name="write">Fills the vector, but for the gaps between parameters, which hold zeros.</param>
    public void Add(int virtualShard, Action<Tensor> write)
    {
        var vector = spare.Count > 0 ? spare.Pop() : Allocate();
        write(vector);
        sum.Push(virtualShard, vector);
    }

    /// <summary>The mean over all virtual shards, which stays valid until <see cref="Clear"/>.</summary>
    public Tensor Mean(ShardGroup group)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var whole = group.Sum(sum);
        var mean = sum.Parts[0].Value;
        mean.copy_(whole); // where it was summed on this device it is there already, and nothing is copied
        if (group.Total > 1)
        {
            using var members = group.Total.ToScalar();
            mean.div_(members);
        }

        return mean;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear();
        foreach (var vector in spare)
        {
            vector.Dispose();
        }
    }

    private Tensor Allocate()
    {
        using var scope = NewDisposeScope();
        return zeros_like(like).DetachFromDisposeScope();
    }
}
