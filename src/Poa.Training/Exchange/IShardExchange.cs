namespace Poa.Training.Exchange;

/// <summary>
/// What the members of a formation (the workers that train one run together) tell each other: messages from one to another, which arrive
/// whole and in the order sent. Everything collective is made of them by <see cref="ShardGroup"/>.
/// </summary>
/// <remarks>
/// For the one thread that trains. Both sides know from the step how long each message is; a message of another length means that they
/// are not in the same step, and is an error.
/// </remarks>
public interface IShardExchange : IDisposable
{
    /// <summary>This member's number, in [0, <see cref="World"/>). Member 0 writes the checkpoints.</summary>
    int Rank { get; }

    /// <summary>Members in all.</summary>
    int World { get; }

    /// <summary>The other members' numbers, rising.</summary>
    IEnumerable<int> Others => Enumerable.Range(0, World).Where(rank => rank != Rank);

    /// <summary>Messages between the members' devices, for large sums; null where there are none, and sums are formed in the hosts' memory.</summary>
    IDeviceMessages? DeviceMessages => null;

    /// <summary>Throws if another member is known to be lost, also while nothing is awaited of it.</summary>
    /// <exception cref="ShardLostException">It is.</exception>
    void ThrowIfLost();

    /// <summary>Throws if another member is lost or has left, also in good order: for who awaits something of all of them.</summary>
    /// <exception cref="ShardLostException">One is, or has.</exception>
    void ThrowIfLeft();

    /// <summary>Queues a message and returns; the memory may be reused at once.</summary>
    /// <param name="peer">The receiver.</param>
    /// <param name="message">Any length.</param>
    /// <exception cref="ShardLostException">A member is lost.</exception>
    void Send(int peer, ReadOnlySpan<byte> message);

    /// <summary>Waits for the next message of a member.</summary>
    /// <param name="peer">The sender.</param>
    /// <param name="message">Takes it; as long as it is.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ShardLostException">A member is lost, or the sender has left.</exception>
    /// <exception cref="InvalidDataException">The message has another length.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    void Receive(int peer, Span<byte> message, CancellationToken cancellationToken = default);
}
