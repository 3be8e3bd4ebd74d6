using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Poa.Actors.Abstractions;
using Poa.Training.Exchange;
using Poa.Training.Exchange.Nccl;
using Poa.Training.Exchange.Tcp;
using Poa.Worker.Execution;
using TorchSharp;

namespace Poa.Worker.Gangs;

/// <summary>Connects the members of gangs that work in this process with those in others. Takes connections from its construction on.</summary>
internal sealed class GangExchanges : IDisposable
{
    private readonly TcpShardListener listener;
    private readonly byte[] secret;
    private readonly ExchangeTimings timings;
    private readonly GangTransport transport;

    /// <param name="options">Address, port and secret.</param>
    /// <param name="timings">How long members wait for each other; null for the shipped settings, but for what the options say.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The port is taken.</exception>
    public GangExchanges(WorkerOptions options, ExchangeTimings? timings = null)
    {
        // What is only reached from this machine is only opened on it; the address that others see may be one that this machine does not have.
        var isLocal = IPAddress.TryParse(options.ExchangeHost, out var address) && IPAddress.IsLoopback(address);
        listener = TcpShardListener.Open(isLocal ? address! : IPAddress.Any, options.ExchangePort, options.ExchangeTls);
        Address = address is null
            ? string.Create(CultureInfo.InvariantCulture, $"{options.ExchangeHost}:{listener.EndPoint.Port}")
            : new IPEndPoint(address, listener.EndPoint.Port).ToString();
        secret = Encoding.UTF8.GetBytes(options.ExchangeSecret);
        this.timings = timings ?? ExchangeTimings.Default with { Silence = options.ExchangeSilence };
        transport = options.Transport;
    }

    /// <summary>Where members in other processes find those in this one: <c>host:port</c>.</summary>
    public string Address { get; }

    /// <summary>Waits until all members of a lease's gang are connected.</summary>
    /// <param name="lease">A lease.</param>
    /// <param name="stop">Gives up when the work is to stop; a lease that is lost is left without good-byes.</param>
    /// <returns>The caller's to dispose; null for a lease that is not of a gang.</returns>
    /// <exception cref="ShardLostException">A member did not come in time.</exception>
    /// <exception cref="ShardRefusedException">A member has gone on to a later generation, or does not know the secret.</exception>
    /// <exception cref="PoaException">A member takes no connections.</exception>
    public async Task<IShardExchange?> JoinAsync(WorkLease lease, StopSignal stop)
    {
        if (lease.Gang is not { } gang)
        {
            return null;
        }

        if (gang.Members.FirstOrDefault(member => member.Address is null) is { } mute)
        {
            throw new PoaException(
                ErrorCodes.NoWorker, $"{mute.Shard} takes no connections of other workers.", "Start all workers with the same version, or the run with one shard.");
        }

        var formation = new ShardFormation(lease.Work.Run, gang.Generation, TokenOf(lease.Work.Run, gang), gang.Rank, [.. gang.Members.Select(member => member.Address!)]);
        return await TcpExchange.FormAsync(listener, formation, timings, () => stop.Reason == StopReason.LeaseLost, stop.Token).ConfigureAwait(false);
    }

    /// <summary>Connects the devices of members as well, where they are to exchange from card to card. Called on the device's thread.</summary>
    /// <param name="members">As joined; stays the caller's to dispose, after what is returned.</param>
    /// <param name="device">This member's.</param>
    /// <param name="cancellationToken">Ends every wait for another member.</param>
    /// <returns>The caller's to dispose; null where <paramref name="members"/> does as it is.</returns>
    /// <exception cref="NcclUnavailableException">NCCL is missing, or the device is no CUDA device.</exception>
    public IShardExchange? Connect(IShardExchange? members, torch.Device device, CancellationToken cancellationToken) =>
        members is not null && transport == GangTransport.Nccl ? NcclExchange.Form(members, device, cancellationToken) : null;

    /// <inheritdoc/>
    public void Dispose() => listener.Dispose();

    // What only a holder of one of these leases in a process with the secret can know.
    private string TokenOf(string run, GangMembership gang)
    {
        var text = string.Join('\n', gang.Members.Select(member => $"{member.Shard} {member.FencingToken}").Prepend($"{run} {gang.Generation}"));
        return Convert.ToHexString(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(text)));
    }
}
