using static TorchSharp.torch;

namespace Poa.Training.Exchange;

/// <summary>
/// What <see cref="TreeReduction"/> does, on devices: each member gets the others' partial sums of its slice, adds them in the order of
/// <see cref="PairwiseSum{T}"/>, and sends the sum to all. Every addition is that of two float32 vectors, element by element, so that the bits are
/// those of a sum on the hosts.
/// </summary>
/// <param name="messages">This member's.</param>
/// <param name="rank">This member.</param>
/// <param name="world">Members in all.</param>
/// <param name="total">Virtual shards in all.</param>
/// <param name="bucket">
/// Floats that are summed in one round, the same on all members; 64 MB by default. Bounds the memory for what others send; rounds follow each other on
/// the device without waiting.
/// </param>
internal sealed class DeviceReduction(IDeviceMessages messages, int rank, int world, int total, int bucket = 1 << 24)
{
    private readonly PartialSum<int>[][] partsOf = TreeReduction.PartsOf(world, total);
    private readonly int[] others = [.. Enumerable.Range(0, world).Where(other => other != rank)];

    /// <summary>Sums in place.</summary>
    /// <param name="mine">This member's partial sums, contiguous float32 [n] on its device; changed. The first becomes the whole sum.</param>
    public void Sum(IReadOnlyList<PartialSum<Tensor>> mine)
    {
        using var noGrad = no_grad();
        var length = mine[0].Value.numel();
        for (long start = 0; start < length; start += bucket)
        {
            using var scope = NewDisposeScope();
            var size = Math.Min(bucket, length - start);
            Tensor SliceOf(Tensor vector, int member)
            {
                var (from, to) = (size * member / world, size * (member + 1) / world);
                return vector.narrow(0, start + from, to - from);
            }

            var partials = CollectPartials(mine, SliceOf);
            var sum = new PairwiseSum<Tensor>(static (left, right) => left.add_(right));
            foreach (var (part, values) in partsOf.SelectMany(parts => parts).Zip(partials))
            {
                sum.Push(part.First, values, part.Size);
            }

            var own = SliceOf(mine[0].Value, rank);
            own.copy_(sum.Total());
            Exchange(
                others.Select(other => new DeviceMessage(other, own)),
                others.Select(other => new DeviceMessage(other, SliceOf(mine[0].Value, other))));
        }
    }

    // The partial sums of this member's slice, those of all members in the order of their shards.
    private List<Tensor> CollectPartials(IReadOnlyList<PartialSum<Tensor>> mine, Func<Tensor, int, Tensor> sliceOf)
    {
        var partials = new List<Tensor>();
        var received = new List<DeviceMessage>();
        for (var member = 0; member < world; member++)
        {
            for (var i = 0; i < partsOf[member].Length; i++)
            {
                var own = sliceOf(mine[member == rank ? i : 0].Value, rank);
                partials.Add(member == rank ? own : empty_like(own));
                if (member != rank)
                {
                    received.Add(new(member, partials[^1]));
                }
            }
        }

        Exchange(others.SelectMany(other => mine.Select(part => new DeviceMessage(other, sliceOf(part.Value, other)))), received);
        return partials;
    }

    // A vector may be shorter than there are members: both sides know which slices are empty.
    private void Exchange(IEnumerable<DeviceMessage> sent, IEnumerable<DeviceMessage> received) => messages.Exchange(
        [.. sent.Where(message => message.Values_N.numel() > 0)], [.. received.Where(message => message.Values_N.numel() > 0)]);
}
