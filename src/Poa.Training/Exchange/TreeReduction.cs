using System.Buffers;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Poa.Training.Exchange;

/// <summary>
/// Sums large vectors over all members. Each bucket is cut into one slice for each member, who gets the others' partial sums of it, adds
/// them in the order of <see cref="PairwiseSum{T}"/>, and sends the sum to all: what a member sends and receives does not grow with
/// their number, and all have the same bits.
/// </summary>
internal sealed class TreeReduction(IShardExchange exchange, int total)
{
    /// <summary>Floats of a bucket: 4 MB.</summary>
    private const int Bucket = 1 << 20;

    /// <summary>Buckets that are sent ahead of the one that is summed, and again of the one whose sum is awaited: they overlap on the network.</summary>
    private const int Ahead = 2;

    private readonly PartialSum<int>[][] partsOf = PartsOf(exchange.World, total);

    private int Rank => exchange.Rank;

    private int World => exchange.World;

    /// <summary>The partial sums that each member has of its own virtual shards.</summary>
    public static PartialSum<int>[][] PartsOf(int world, int total) => [.. Enumerable.Range(0, world).Select(rank => Parts(ShardRange.Of(rank, world, total)))];

    /// <summary>Where a member's slice of a bucket lies in a vector.</summary>
    /// <param name="length">Floats of the vector.</param>
    /// <param name="bucketSize">Floats of a bucket; the last one may have fewer.</param>
    /// <param name="bucket">Number of the bucket.</param>
    /// <param name="rank">The member.</param>
    /// <param name="world">Members in all.</param>
    public static (long Offset, int Length) SliceOf(long length, int bucketSize, long bucket, int rank, int world)
    {
        var start = bucket * bucketSize;
        var size = Math.Min(bucketSize, length - start);
        var (from, to) = (size * rank / world, size * (rank + 1) / world);
        return (start + from, (int)(to - from));
    }

    /// <summary>Sums in place.</summary>
    /// <param name="mine">This member's partial sums, all of them contiguous float32 CPU tensors [n]; the first becomes the whole sum.</param>
    /// <param name="cancellationToken">Ends the wait for other members.</param>
    public void Sum(IReadOnlyList<PartialSum<Tensor>> mine, CancellationToken cancellationToken)
    {
        var length = mine[0].Value.numel();
        var buckets = (length + Bucket - 1) / Bucket;
        for (long step = 0; step < buckets + (2 * Ahead); step++)
        {
            if (step < buckets)
            {
                SendParts(mine, step);
            }

            if (step - Ahead is >= 0 and var summed && summed < buckets)
            {
                SumSlice(mine, summed, cancellationToken);
            }

            if (step - (2 * Ahead) is >= 0 and var done && done < buckets)
            {
                ReceiveSums(mine[0].Value, done, cancellationToken);
            }
        }
    }

    private static PartialSum<int>[] Parts(ShardRange range)
    {
        var sum = new PairwiseSum<int>(static (_, _) => { });
        for (var shard = range.First; shard < range.First + range.Count; shard++)
        {
            sum.Push(shard, shard);
        }

        return [.. sum.Parts];
    }

    private void SendParts(IReadOnlyList<PartialSum<Tensor>> mine, long bucket)
    {
        foreach (var peer in exchange.Others)
        {
            var (offset, length) = SliceOf(mine[0].Value.numel(), Bucket, bucket, peer, World);
            foreach (var part in mine)
            {
                exchange.Send(peer, MemoryMarshal.AsBytes(FloatMemory.Of(part.Value, offset, length)));
            }
        }
    }

    private void SumSlice(IReadOnlyList<PartialSum<Tensor>> mine, long bucket, CancellationToken cancellationToken)
    {
        var target = mine[0].Value;
        var (offset, length) = SliceOf(target.numel(), Bucket, bucket, Rank, World);
        var sum = new PairwiseSum<float[]>((left, right) => FloatMemory.Add(left.AsSpan(0, length), right.AsSpan(0, length)));
        var rented = new List<float[]>();
        for (var rank = 0; rank < World; rank++)
        {
            for (var i = 0; i < partsOf[rank].Length; i++)
            {
                var values = ArrayPool<float>.Shared.Rent(length);
                rented.Add(values);
                if (rank == Rank)
                {
                    FloatMemory.Of(mine[i].Value, offset, length).CopyTo(values);
                }
                else
                {
                    exchange.Receive(rank, MemoryMarshal.AsBytes(values.AsSpan(0, length)), cancellationToken);
                }

                sum.Push(partsOf[rank][i].First, values, partsOf[rank][i].Size);
            }
        }

        var slice = FloatMemory.Of(target, offset, length);
        sum.Total().AsSpan(0, length).CopyTo(slice);
        foreach (var peer in exchange.Others)
        {
            exchange.Send(peer, MemoryMarshal.AsBytes(slice));
        }

        rented.ForEach(values => ArrayPool<float>.Shared.Return(values));
    }

    private void ReceiveSums(Tensor target, long bucket, CancellationToken cancellationToken)
    {
        foreach (var peer in exchange.Others)
        {
            var (offset, length) = SliceOf(target.numel(), Bucket, bucket, peer, World);
            exchange.Receive(peer, MemoryMarshal.AsBytes(FloatMemory.Of(target, offset, length)), cancellationToken);
        }
    }
}
