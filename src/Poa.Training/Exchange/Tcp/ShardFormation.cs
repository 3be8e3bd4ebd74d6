using System.Net;

namespace Poa.Training.Exchange.Tcp;

/// <summary>Which members train a run together, as the scheduler has decided; all of them are given the same but for <see cref="Rank"/>.</summary>
/// <param name="Run">The run.</param>
/// <param name="Generation">
/// Number of the formation, above that of every earlier one of the run (its fencing token): a member of an earlier one is refused.
/// </param>
/// <param name="Token">Secret of this formation, so that nobody else on the network can join. Without certificates (<see cref="ExchangeTls"/>) it is sent as it is: the network is then trusted not to be listened to.</param>
/// <param name="Rank">This member.</param>
/// <param name="Members">Where the <see cref="TcpShardListener"/> of each member's process listens, by rank, as <c>host:port</c>.</param>
public sealed record ShardFormation(string Run, long Generation, string Token, int Rank, IReadOnlyList<string> Members)
{
    /// <summary>A member in words.</summary>
    internal string Describe(int rank) => $"Member {rank} ({Members[rank]}) of run {Run}, generation {Generation},";

    /// <summary>Where a member listens.</summary>
    /// <exception cref="FormatException">Its address is not <c>host:port</c>.</exception>
    internal EndPoint EndPointOf(int rank)
    {
        var text = Members[rank];
        if (IPEndPoint.TryParse(text, out var address) && address.Port > 0)
        {
            return address;
        }

        var colon = text.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(text.AsSpan(colon + 1), out var port) && port > 0
            ? new DnsEndPoint(text[..colon], port)
            : throw new FormatException($"'{text}' is not the address of a member; host:port is wanted, for example 10.0.0.7:41000.");
    }
}

/// <summary>How long members wait for each other.</summary>
/// <remarks>
/// Whether a member is there, its connection says: the system closes it with the process, however that ends, and keeps it for one that is merely slow, be
/// it busy, about to restore a checkpoint or short of processor time. A machine that went away closes nothing. Of that the cluster's membership
/// tells sooner than silence: it voids the leases of all members, and whoever waits here is cancelled.
/// </remarks>
public sealed record ExchangeTimings
{
    /// <summary>The shipped settings.</summary>
    public static ExchangeTimings Default { get; } = new();

    /// <summary>A member that has nothing to send says this often that it is alive.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A member that was silent this long is lost, whatever else is known of it: the last resort.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whoever leaves in good order waits no longer than this for the others to take in what is under way to them.</summary>
    public TimeSpan Parting { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Members that have not come together after this time do not.</summary>
    public TimeSpan Formation { get; init; } = TimeSpan.FromSeconds(30);
}
