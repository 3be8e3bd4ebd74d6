using static TorchSharp.torch;

namespace Poa.Training.Exchange;

/// <summary>
/// Messages between the devices of a formation that do not pass through the memory of their hosts, for large sums. Beside the messages
/// of <see cref="IShardExchange"/>; for the one thread that trains.
/// </summary>
public interface IDeviceMessages
{
    /// <summary>
    /// One round: all of these messages are on their way at once. Members take part in the same rounds; messages between two of them arrive in the
    /// order in which both list them.
    /// </summary>
    /// <param name="sent">What this member sends; not to be changed before the device has done what was asked of it so far.</param>
    /// <param name="received">What takes in the messages of others; usable by later operations on the device.</param>
    void Exchange(IReadOnlyList<DeviceMessage> sent, IReadOnlyList<DeviceMessage> received);
}

/// <summary>A message from or for another member.</summary>
/// <param name="Peer">The other member.</param>
/// <param name="Values_N">Contiguous float32 on this member's device, of the same length on both sides.</param>
public readonly record struct DeviceMessage(int Peer, Tensor Values_N);
