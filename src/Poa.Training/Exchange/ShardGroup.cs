using System.Diagnostics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Poa.Training.Exchange;

/// <summary>
/// The virtual shards of a step, spread over the members of a formation, and what is formed over all of them. Each operation is called
/// by all members in the same order, and gives all of them the same bits, which do not depend on how many members there are.
/// </summary>
/// <param name="exchange">This member's; owned by the caller.</param>
/// <param name="total">Virtual shards, at least as many as members.</param>
/// <param name="cancellationToken">Ends every wait for another member, and with it the formation.</param>
internal sealed class ShardGroup(IShardExchange exchange, int total, CancellationToken cancellationToken = default)
{
    private readonly TreeReduction reduction = new(exchange, total);
    private readonly DeviceReduction? onDevice = exchange.DeviceMessages is { } messages ? new(messages, exchange, total) : null;
    private readonly Stopwatch waited = new();

    /// <summary>One virtual shard on one member.</summary>
    public static ShardGroup Single { get; } = new(LoneExchange.Instance, 1);

    /// <summary>Virtual shards of all members.</summary>
    public int Total => total;

    /// <summary>Those of this member.</summary>
    public ShardRange Local { get; } = ShardRange.Of(exchange.Rank, exchange.World, total);

    /// <summary>Time spent in exchange with other members so far, the wait for them included.</summary>
    public TimeSpan Exchanged => waited.Elapsed;

    private bool IsAlone => exchange.World == 1;

    /// <summary>Throws if a member is known to be lost, or if the exchange is cancelled.</summary>
    public void ThrowIfLost()
    {
        cancellationToken.ThrowIfCancellationRequested();
        exchange.ThrowIfLost();
    }

    /// <summary>A few numbers of every virtual shard.</summary>
    /// <param name="local">Those of this member's shards, all of the same length.</param>
    /// <returns>Those of all shards, in their order.</returns>
    public IReadOnlyList<double[]> Gather(IReadOnlyList<double[]> local)
    {
        if (IsAlone)
        {
            return local;
        }

        waited.Start();
        var length = local[0].Length;
        SendToAll<double>([.. local.SelectMany(values => values)]);
        var all = new List<double[]>(total);
        for (var rank = 0; rank < exchange.World; rank++)
        {
            all.AddRange(rank == exchange.Rank ? local : Receive<double>(rank, ShardRange.Of(rank, exchange.World, total).Count * length).Chunk(length));
        }

        waited.Stop();
        return all;
    }

    /// <summary>Element by element the largest over all members; not-a-number where one has it.</summary>
    /// <param name="local_N">The largest of this member's shards, float32.</param>
    /// <returns>[N], on the same device.</returns>
    public Tensor Max(Tensor local_N)
    {
        if (IsAlone)
        {
            return local_N;
        }

        waited.Start();
        var largest = local_N.cpu().data<float>().ToArray();
        SendToAll<float>(largest);
        foreach (var rank in exchange.Others)
        {
            var other = Receive<float>(rank, largest.Length);
            for (var i = 0; i < largest.Length; i++)
            {
                largest[i] = MathF.Max(largest[i], other[i]);
            }
        }

        waited.Stop();
        return tensor(largest, device: local_N.device);
    }

    /// <summary>The rows of every virtual shard.</summary>
    /// <param name="local">Those of this member's shards, [R, D] float32; as many on all members.</param>
    /// <returns>Those of all shards, in their order: [shards * R, D], on the same device.</returns>
    public Tensor GatherRows(IReadOnlyList<Tensor> local)
    {
        using var scope = NewDisposeScope();
        var own = cat([.. local], 0);
        if (IsAlone)
        {
            return own.MoveToOuterDisposeScope();
        }

        waited.Start();
        var (onHost, length) = (own.cpu(), (int)local[0].numel());
        SendToAll<float>(onHost.data<float>().ToArray());
        Tensor[] all =
        [
            .. Enumerable.Range(0, exchange.World).Select(rank => rank == exchange.Rank
                ? onHost
                : tensor(Receive<float>(rank, ShardRange.Of(rank, exchange.World, total).Count * length)).view(-1, own.shape[1])),
        ];
        waited.Stop();
        return cat(all, 0).to(own.device).MoveToOuterDisposeScope();
    }

    /// <summary>The sum over all virtual shards.</summary>
    /// <param name="local">A vector for each of this member's shards, [n] float32; changed.</param>
    /// <returns>[n], on the same device.</returns>
    public Tensor Sum(IReadOnlyList<Tensor> local)
    {
        var sum = PairwiseSum.OfTensors();
        for (var i = 0; i < local.Count; i++)
        {
            sum.Push(Local.First + i, local[i]);
        }

        return Sum(sum);
    }

    /// <summary>The sum over all virtual shards of what members have summed of their own.</summary>
    /// <param name="local">Vectors [n] float32; changed.</param>
    /// <returns>[n], on the same device; one of the vectors, where the sum was formed on it.</returns>
    public Tensor Sum(PairwiseSum<Tensor> local)
    {
        if (IsAlone)
        {
            return local.Total();
        }

        waited.Start();
        if (onDevice is not null)
        {
            ThrowIfLost();
            onDevice.Sum(local.Parts);
            waited.Stop();
            return local.Parts[0].Value;
        }

        var device = local.Parts[0].Value.device;
        PartialSum<Tensor>[] onHost = [.. local.Parts.Select(part => new PartialSum<Tensor>(part.First, part.Size, part.Value.cpu()))];
        reduction.Sum(onHost, cancellationToken);
        waited.Stop();
        return onHost[0].Value.to(device);
    }

    private void SendToAll<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        foreach (var peer in exchange.Others)
        {
            exchange.Send(peer, MemoryMarshal.AsBytes(values));
        }
    }

    private T[] Receive<T>(int rank, int count)
        where T : unmanaged
    {
        var values = new T[count];
        exchange.Receive(rank, MemoryMarshal.AsBytes(values.AsSpan()), cancellationToken);
        return values;
    }
}
