using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Training.Exchange.Nccl;

/// <summary>
/// Members whose devices are CUDA cards: large sums travel from card to card by NCCL, everything else, the id of NCCL's communicator and signs of
/// life included, by the exchange that has brought the members together.
/// </summary>
/// <remarks>
/// Only NCCL's send and receive are used, and the sums are formed here (<see cref="DeviceReduction"/>): <c>ncclAllReduce</c> promises no order of its
/// additions, which depends on the number of members, on their network and on the size, and so would results.
/// <para>
/// Operations are queued on the default stream of the device, which is the tensor library's as well. One that waits for a member that is gone never ends by
/// itself, and whoever waits for the device with it: a thread looks for lost members and for errors of NCCL, and gives the communicator up.
/// </para>
/// </remarks>
public sealed class NcclExchange : IShardExchange, IDeviceMessages
{
    /// <summary>The stream that CUDA has by default.</summary>
    private const nint DefaultStream = 0;

    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(200);

    private readonly IShardExchange members;
    private readonly CancellationToken cancellation;
    private readonly Lock gate = new();
    private readonly ManualResetEventSlim leaving = new();
    private readonly Thread watch;
    private nint communicator;
    private Exception? fault;

    /// <summary>The device may still wait for others: whoever leaves now, in whatever order, is lost.</summary>
    private bool awaitsOthers;

    private NcclExchange(IShardExchange members, nint communicator, CancellationToken cancellationToken)
    {
        this.members = members;
        this.communicator = communicator;
        cancellation = cancellationToken;
        watch = new Thread(Watch) { IsBackground = true, Name = "nccl watch" };
    }

    /// <inheritdoc/>
    public int Rank => members.Rank;

    /// <inheritdoc/>
    public int World => members.World;

    /// <inheritdoc/>
    public IDeviceMessages DeviceMessages => this;

    /// <summary>
    /// Connects the devices of a formation. To be called by all members, each on the thread that computes on its device; a device can have one member only.
    /// </summary>
    /// <param name="members">Brings the members together; owned by the caller and used until this one is disposed.</param>
    /// <param name="device">This member's.</param>
    /// <param name="cancellationToken">Ends every wait for another member, and with it the formation.</param>
    /// <exception cref="NcclUnavailableException">The device is no CUDA device, or a member lacks the library or has another version.</exception>
    /// <exception cref="NcclException">NCCL cannot connect them.</exception>
    /// <exception cref="ShardLostException">A member is lost.</exception>
    public static NcclExchange Form(IShardExchange members, Device device, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(members);
        ArgumentNullException.ThrowIfNull(device);
        if (device.type != DeviceType.CUDA)
        {
            throw new NcclUnavailableException($"NCCL connects CUDA devices only, and this worker's is {device}.");
        }

        return Connect(members, () => CudaContext.Choose(Math.Max(device.index, 0)), cancellationToken);
    }

    /// <param name="members">Brings the members together.</param>
    /// <param name="chooseDevice">Makes the member's device that of the thread.</param>
    /// <param name="cancellationToken">Ends every wait.</param>
    internal static NcclExchange Connect(IShardExchange members, Action chooseDevice, CancellationToken cancellationToken)
    {
        AgreeOnVersion(members, cancellationToken);
        var id = ShareId(members, cancellationToken);
        chooseDevice();
        NcclLibrary.Check(NcclLibrary.CommInitRankConfig(out var communicator, members.World, id, members.Rank, NcclConfig.NonBlocking), "ncclCommInitRankConfig");
        var exchange = new NcclExchange(members, communicator, cancellationToken);
        try
        {
            exchange.AwaitReady("ncclCommInitRankConfig");
            exchange.watch.Start();
            return exchange;
        }
        catch
        {
            exchange.GiveUp();
            throw;
        }
    }

    /// <inheritdoc/>
    public void ThrowIfLost()
    {
        members.ThrowIfLost();
        switch (Volatile.Read(ref fault))
        {
            case ShardLostException lost:
                throw lost.Again();
            case OperationCanceledException:
                throw new OperationCanceledException(cancellation);
            case { } known:
                throw new NcclException(known.Message, known);
        }
    }

    /// <inheritdoc/>
    public void ThrowIfLeft() => members.ThrowIfLeft();

    /// <inheritdoc/>
    /// <remarks>
    /// What members say of a step comes from their devices, which have done by then what came before: a step whose sums were given up ends here, and nobody
    /// leaves in good order before all have said it.
    /// </remarks>
    public void Send(int peer, ReadOnlySpan<byte> message)
    {
        Volatile.Write(ref awaitsOthers, false);
        ThrowIfLost();
        members.Send(peer, message);
    }

    /// <inheritdoc/>
    public void Receive(int peer, Span<byte> message, CancellationToken cancellationToken = default) => members.Receive(peer, message, cancellationToken);

    /// <inheritdoc/>
    public void Exchange(IReadOnlyList<DeviceMessage> sent, IReadOnlyList<DeviceMessage> received)
    {
        ArgumentNullException.ThrowIfNull(sent);
        ArgumentNullException.ThrowIfNull(received);
        Volatile.Write(ref awaitsOthers, true);
        lock (gate)
        {
            ThrowIfLost();
            NcclLibrary.Check(NcclLibrary.GroupStart(), "ncclGroupStart");
            NcclResult end;
            try
            {
                foreach (var (peer, values) in sent)
                {
                    NcclLibrary.Check(NcclLibrary.Send(TensorMemory.AddressOf(values), (nuint)values.numel(), NcclLibrary.Float32, peer, communicator, DefaultStream), "ncclSend");
                }

                foreach (var (peer, values) in received)
                {
                    NcclLibrary.Check(NcclLibrary.Receive(TensorMemory.AddressOf(values), (nuint)values.numel(), NcclLibrary.Float32, peer, communicator, DefaultStream), "ncclRecv");
                }
            }
            finally
            {
                end = NcclLibrary.GroupEnd(); // a group belongs to the thread, which will have other communicators
            }

            NcclLibrary.Check(end, "ncclGroupEnd");
        }

        AwaitReady("ncclGroupEnd");
    }

    /// <summary>Leaves the communicator; the members stay connected by the exchange that is the caller's.</summary>
    public void Dispose()
    {
        leaving.Set();
        if (watch.IsAlive)
        {
            watch.Join();
        }

        // Each step ends with words that all members say after their sums: nothing is under way that anybody waits for.
        GiveUp();
        leaving.Dispose();
    }

    private static void AgreeOnVersion(IShardExchange members, CancellationToken cancellationToken)
    {
        NcclUnavailableException? missing = null;
        var own = 0;
        try
        {
            own = NcclLibrary.RequireVersion();
        }
        catch (NcclUnavailableException error)
        {
            missing = error; // the others are told first: they would wait
        }

        var versions = new int[members.World];
        versions[members.Rank] = own;
        foreach (var peer in members.Others)
        {
            members.Send(peer, MemoryMarshal.AsBytes<int>([own]));
        }

        foreach (var peer in members.Others)
        {
            members.Receive(peer, MemoryMarshal.AsBytes(versions.AsSpan(peer, 1)), cancellationToken);
        }

        if (missing is not null)
        {
            throw missing;
        }

        if (Array.FindIndex(versions, version => version != own) is >= 0 and var other)
        {
            throw new NcclUnavailableException(versions[other] == 0
                ? $"Member {other} of {members.World} has no usable {NcclLibrary.Name}."
                : string.Create(CultureInfo.InvariantCulture, $"Member {other} of {members.World} has NCCL {NcclLibrary.Describe(versions[other])}, this one {NcclLibrary.Describe(own)}."));
        }
    }

    private static NcclUniqueId ShareId(IShardExchange members, CancellationToken cancellationToken)
    {
        var id = default(NcclUniqueId);
        if (members.Rank > 0)
        {
            members.Receive(0, id.Bytes, cancellationToken);
            return id;
        }

        NcclLibrary.Check(NcclLibrary.GetUniqueId(out id), "ncclGetUniqueId");
        foreach (var peer in members.Others)
        {
            members.Send(peer, id.Bytes);
        }

        return id;
    }

    /// <summary>Waits until NCCL has taken up what it was given.</summary>
    private void AwaitReady(string call)
    {
        var spin = default(SpinWait);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            ThrowIfLost();
            members.ThrowIfLeft();
            lock (gate)
            {
                if (communicator != 0 && StateOf(call) != NcclResult.InProgress)
                {
                    return;
                }
            }

            spin.SpinOnce(sleep1Threshold: -1); // a sleep would be longer than most exchanges
        }
    }

    // Under the gate: NCCL allows one thread at a time.
    private NcclResult StateOf(string call)
    {
        NcclLibrary.Check(NcclLibrary.CommGetAsyncError(communicator, out var state), "ncclCommGetAsyncError");
        NcclLibrary.Check(state, call);
        return state;
    }

    private void Watch()
    {
        while (!leaving.Wait(WatchInterval))
        {
            try
            {
                cancellation.ThrowIfCancellationRequested();
                members.ThrowIfLost();
                if (Volatile.Read(ref awaitsOthers))
                {
                    members.ThrowIfLeft();
                }

                lock (gate)
                {
                    StateOf("a message between devices");
                }
            }
            catch (Exception error) when (error is OperationCanceledException or ShardLostException or NcclException)
            {
                // Known before the device stops waiting: what it computes from here on counts for nothing.
                Volatile.Write(ref fault, error);
                GiveUp();
                return;
            }
        }
    }

    private void GiveUp()
    {
        lock (gate)
        {
            if (communicator != 0)
            {
                _ = NcclLibrary.CommAbort(communicator); // frees it, whatever it says
                communicator = 0;
            }
        }
    }
}
