namespace Poa.Training.Exchange.Tcp;

/// <summary>
/// Members of a formation in several processes, on one machine or on several, each two connected by TCP. Encrypted where the
/// listener has certificates.
/// </summary>
/// <remarks>
/// Each connection has two threads: one writes what is sent and, when there is nothing, a sign of life; one reads all the time, so that
/// messages wait in memory and silence is noticed also while the member computes.
/// </remarks>
public sealed class TcpExchange : IShardExchange
{
    private readonly TcpPeer?[] peers;
    private readonly Func<bool> isAbandoned;
    private ShardLostException? loss;
    private bool disposed;

    private TcpExchange(
        ShardFormation formation, ExchangeTimings timings, IReadOnlyDictionary<int, ShardConnection> connections, Func<bool> isAbandoned)
    {
        this.isAbandoned = isAbandoned;
        Rank = formation.Rank;
        peers = new TcpPeer?[formation.Members.Count];
        foreach (var (rank, connection) in connections)
        {
            peers[rank] = new TcpPeer(rank, formation.Describe(rank), connection, timings, Lose);
        }

        // Only now, since a peer may be lost at once.
        foreach (var peer in peers)
        {
            peer?.Start();
        }
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int World => peers.Length;

    /// <summary>Waits until all members of a formation are connected.</summary>
    /// <param name="listener">That of this member's process; its address stands in the formation. The caller's to dispose.</param>
    /// <param name="formation">Who belongs together.</param>
    /// <param name="timings">How long to wait for each other; null for the shipped settings.</param>
    /// <param name="isAbandoned">Whether nothing of the formation matters any more; leaving it then waits for nobody. Null for never.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ShardLostException">A member did not come in time.</exception>
    /// <exception cref="ShardRefusedException">A member does not take this one in, since it belongs to another run or generation, or by its certificate.</exception>
    /// <exception cref="FormatException">A member's address is not <c>host:port</c>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<TcpExchange> FormAsync(
        TcpShardListener listener,
        ShardFormation formation,
        ExchangeTimings? timings = null,
        Func<bool>? isAbandoned = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ArgumentNullException.ThrowIfNull(formation);
        ArgumentOutOfRangeException.ThrowIfNegative(formation.Rank);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(formation.Rank, formation.Members.Count);
        timings ??= ExchangeTimings.Default;
        var connections = await new Rendezvous(listener, formation, timings).MeetAsync(cancellationToken).ConfigureAwait(false);
        return new(formation, timings, connections, isAbandoned ?? (static () => false));
    }

    /// <inheritdoc/>
    public void ThrowIfLost()
    {
        if (Volatile.Read(ref loss) is { } known)
        {
            throw known.Again();
        }
    }

    /// <inheritdoc/>
    public void ThrowIfLeft()
    {
        foreach (var peer in peers)
        {
            peer?.Inbox.ThrowIfClosed();
        }
    }

    /// <inheritdoc/>
    public void Send(int peer, ReadOnlySpan<byte> message)
    {
        ThrowIfLost();
        PeerOf(peer).Send(message);
    }

    /// <inheritdoc/>
    public void Receive(int peer, Span<byte> message, CancellationToken cancellationToken = default) =>
        PeerOf(peer).Inbox.Take(message, cancellationToken);

    /// <summary>Leaves the formation, with what is sent but not yet on its way: that waits a little for the network, unless the formation is abandoned.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, true))
        {
            return;
        }

        foreach (var peer in peers)
        {
            peer?.Leave();
        }

        foreach (var peer in peers)
        {
            peer?.Close(waits: !isAbandoned());
        }
    }

    private TcpPeer PeerOf(int rank) =>
        peers[rank] ?? throw new ArgumentOutOfRangeException(nameof(rank), rank, "A member does not talk to itself.");

    // Without one member nothing can go on: whoever waits for another is told as well.
    private void Lose(ShardLostException reason)
    {
        Interlocked.CompareExchange(ref loss, reason, null);
        foreach (var peer in peers)
        {
            peer?.Inbox.Close(loss);
        }
    }
}
