using static TorchSharp.torch;

namespace Poa.Training.Exchange;

/// <summary>
/// What <see cref="TreeReduction"/> does, on devices: each member gets the others' partial sums of its slice, adds them in the order of
/// <see cref="PairwiseSum{T}"/>, and sends the sum to all. Every addition is that of two float32 vectors, element by element, so that the bits are
/// those of a sum on the hosts.
/// </summary>
/// <param name="messages">This member's.</param>
/// <param name="exchange">This member's.</param>
/// <param name="total">Virtual shards in all.</param>
/// <param name="bucket">
/// Floats that are summed in one round, the same on all members; 64 MB by default. Bounds the memory for what others send; rounds follow each other on
/// the device without waiting.
/// </param>
internal sealed class DeviceReduction(IDeviceMessages messages, IShardExchange exchange, int total, int bucket = 1 << 24)
{
    private readonly PartialSum<int>[][] partsOf = TreeReduction.PartsOf(exchange.World, total);

    private int Rank => exchange.Rank;

    /// <summary>Sums in place.</summary>
    /// <param name="mine">This member's partial sums, contiguous float32 [n] on its device; changed. The first becomes the whole sum.</param>
    public void Sum(IReadOnlyList<PartialSum<Tensor>> mine)
    {
        using var noGrad = no_grad();
        var length = mine[0].Value.numel();
        for (var round = 0; (long)round * bucket < length; round++)
        {
            using var scope = NewDisposeScope();
            Tensor SliceOf(Tensor vector, int member)
            {
                var (offset, size) = TreeReduction.SliceOf(length, bucket, round, member, exchange.World);
                return vector.narrow(0, offset, size);
            }

            var partials = CollectPartials(mine, SliceOf);
            var sum = PairwiseSum.OfTensors();
            foreach (var (part, values) in partsOf.SelectMany(parts => parts).Zip(partials))
            {
                sum.Push(part.First, values, part.Size);
            }

            var own = SliceOf(mine[0].Value, Rank);
            own.copy_(sum.Total());
            Exchange(
                exchange.Others.Select(other => new DeviceMessage(other, own)),
                exchange.Others.Select(other => new DeviceMessage(other, SliceOf(mine[0].Value, other))));
        }
    }

    // The partial sums of this member's slice, those of all members in the order of their shards.
    private List<Tensor> CollectPartials(IReadOnlyList<PartialSum<Tensor>> mine, Func<Tensor, int, Tensor> sliceOf)
    {
        var partials = new List<Tensor>();
        var received = new List<DeviceMessage>();
        for (var member = 0; member < exchange.World; member++)
        {
            for (var i = 0; i < partsOf[member].Length; i++)
            {
                var own = sliceOf(mine[member == Rank ? i : 0].Value, Rank);
                partials.Add(member == Rank ? own : empty_like(own));
                if (member != Rank)
                {
                    received.Add(new(member, partials[^1]));
                }
            }
        }

        Exchange(exchange.Others.SelectMany(other => mine.Select(part => new DeviceMessage(other, sliceOf(part.Value, other)))), received);
        return partials;
    }

    // A vector may be shorter than there are members: both sides know which slices are empty.
    private void Exchange(IEnumerable<DeviceMessage> sent, IEnumerable<DeviceMessage> received) => messages.Exchange(
        [.. sent.Where(message => message.Values_N.numel() > 0)], [.. received.Where(message => message.Values_N.numel() > 0)]);
}
