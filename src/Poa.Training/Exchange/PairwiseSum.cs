using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Training.Exchange;

/// <summary>A sum of neighbouring virtual shards.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Size">A power of two that divides <paramref name="First"/>: the shards that the sum stands for (past the last one there are none).</param>
/// <param name="Value">The sum.</param>
internal readonly record struct PartialSum<T>(int First, int Size, T Value);

/// <summary>
/// Sums the values of virtual shards 0, 1, 2, ... by a fixed tree: neighbours are paired, then pairs of pairs, and so on. Rounding
/// depends on the order of additions; with this one any member can sum what it has of each subtree beforehand, so that the whole sum has the
/// same bits however the shards are spread over members, and nobody sends more than a few partial sums.
/// </summary>
/// <param name="add">Adds the second value to the first in place. The second is not used afterwards.</param>
internal sealed class PairwiseSum<T>(Action<T, T> add)
{
    private readonly List<PartialSum<T>> parts = [];

    /// <summary>Sums so far, in the order of shards; no two of them are a pair.</summary>
    public IReadOnlyList<PartialSum<T>> Parts => parts;

    /// <summary>Adds the value of one shard, or a partial sum of another member. They come in the order of shards.</summary>
    public void Push(int first, T value, int size = 1)
    {
        parts.Add(new(first, size, value));
        while (parts.Count > 1 && parts[^2] is var left && parts[^1] is var right && left.Size == right.Size && left.First % (2 * left.Size) == 0)
        {
            add(left.Value, right.Value);
            parts.RemoveAt(parts.Count - 1);
            parts[^1] = left with { Size = 2 * left.Size };
        }
    }

    /// <summary>The whole sum, once all shards are in. Where their number is no power of two, the last subtrees lack their right part.</summary>
    public T Total()
    {
        while (parts.Count > 1)
        {
            add(parts[^2].Value, parts[^1].Value);
            parts[^2] = parts[^2] with { Size = 2 * parts[^2].Size };
            parts.RemoveAt(parts.Count - 1);
        }

        return parts[0].Value;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => parts.Clear();
}

/// <summary>Sums of tensors.</summary>
internal static class PairwiseSum
{
    /// <summary>Adds tensors in place, element by element.</summary>
    /// <param name="spent">Takes each tensor that was added to another; null to leave it to the caller's scope.</param>
    public static PairwiseSum<Tensor> OfTensors(Action<Tensor>? spent = null) => new((left, right) =>
    {
        using (NewDisposeScope())
        {
            left.PlusInPlace(right);
        }

        spent?.Invoke(right);
    });
}
