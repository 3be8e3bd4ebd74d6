using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Poa.Training.Exchange;
using Poa.Training.Step;
using static TorchSharp.torch;

namespace Poa.Training.Session;

/// <summary>The members of a formation have not begun from the same state, so that their models would drift apart unnoticed.</summary>
/// <param name="message">Which member differs in what.</param>
public sealed class FormationMismatchException(string message) : Exception(message);

/// <summary>Before its first step a formation of several members makes sure that all have the same configuration, images, step and weights.</summary>
internal static class FormationCheck
{
    private const int Stretch = 1 << 20;

    // Of each hash so many 32-bit words travel, each exact in a double.
    private const int Words = 4;

    /// <exception cref="FormationMismatchException">They have not; all members throw.</exception>
    public static void Run(IShardExchange exchange, ShardGroup group, PoaModel model, SessionState state)
    {
        if (exchange.World == 1)
        {
            return;
        }

        double[] mine = [state.Iteration, .. WordsOf(state.Fingerprint()), .. WordsOf(WeightsOf(model))];
        var all = group.Gather([.. Enumerable.Repeat(mine, group.Local.Count)]);
        for (var rank = 1; rank < exchange.World; rank++)
        {
            var other = all[ShardRange.Of(rank, exchange.World, group.Total).First];
            var fault = all[0][0] != other[0] ? $"is at iteration {other[0]}, member 0 at {all[0][0]}"
                : !all[0].AsSpan(0, 1 + Words).SequenceEqual(other.AsSpan(0, 1 + Words)) ? "has another configuration, thread count, software version or other images than member 0"
                : !all[0].SequenceEqual(other) ? "has other weights than member 0"
                : null;
            if (fault is not null)
            {
                throw new FormationMismatchException($"Member {rank} of {exchange.World} {fault}. All members of a formation begin from the same checkpoint.");
            }
        }
    }

    private static IEnumerable<double> WordsOf(byte[] hash) =>
        Enumerable.Range(0, Words).Select(i => (double)BinaryPrimitives.ReadUInt32LittleEndian(hash.AsSpan(sizeof(uint) * i)));

    private static byte[] WeightsOf(PoaModel model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var weights in model.FlatWeights)
        {
            using var scope = NewDisposeScope();
            var onHost = weights.cpu();
            for (long offset = 0; offset < onHost.numel(); offset += Stretch)
            {
                hash.AppendData(MemoryMarshal.AsBytes(FloatMemory.Of(onHost, offset, (int)Math.Min(Stretch, onHost.numel() - offset))));
            }
        }

        return hash.GetHashAndReset();
    }
}
