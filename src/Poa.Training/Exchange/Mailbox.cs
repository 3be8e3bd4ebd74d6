using System.Buffers;
using System.Collections.Concurrent;

namespace Poa.Training.Exchange;

/// <summary>Messages of one member to another that wait to be received; a queue without bound, since the steps that use it bound what is under way.</summary>
internal sealed class Mailbox
{
    private readonly BlockingCollection<Message> messages = [];
    private ShardLostException? closed;

    /// <summary>Adds a message, which the mailbox takes over. Dropped if the mailbox is closed.</summary>
    public void Post(Message message)
    {
        try
        {
            messages.Add(message);
        }
        catch (InvalidOperationException)
        {
            message.Return();
        }
    }

    /// <summary>Says that no more messages come. Those that are there can still be taken.</summary>
    /// <param name="reason">Thrown to whoever waits for more. Of several reasons the first counts.</param>
    public void Close(ShardLostException reason)
    {
        if (Interlocked.CompareExchange(ref closed, reason, null) is null)
        {
            messages.CompleteAdding();
        }
    }

    /// <summary>Throws the reason if no more messages come, whether or not some are there.</summary>
    public void ThrowIfClosed()
    {
        if (Volatile.Read(ref closed) is { } reason)
        {
            throw reason.Again();
        }
    }

    /// <summary>Waits for the next message and copies it.</summary>
    /// <exception cref="ShardLostException">None is there and none will come.</exception>
    /// <exception cref="InvalidDataException">It has another length.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Take(Span<byte> destination, CancellationToken cancellationToken)
    {
        if (!messages.TryTake(out var message, Timeout.Infinite, cancellationToken))
        {
            throw Volatile.Read(ref closed)!.Again();
        }

        try
        {
            if (message.Length != destination.Length)
            {
                throw new InvalidDataException(
                    $"A message of {message.Length} bytes came where one of {destination.Length} is due: the members of the formation are not in the same step.");
            }

            message.Span.CopyTo(destination);
        }
        finally
        {
            message.Return();
        }
    }
}

/// <summary>A message in pooled memory.</summary>
internal readonly record struct Message(byte[] Buffer, int Length)
{
    public ReadOnlySpan<byte> Span => Buffer.AsSpan(0, Length);

    public static Message Of(ReadOnlySpan<byte> content)
    {
        var message = OfLength(content.Length);
        content.CopyTo(message.Buffer);
        return message;
    }

    public static Message OfLength(int length) => new(ArrayPool<byte>.Shared.Rent(length), length);

    public void Return() => ArrayPool<byte>.Shared.Return(Buffer);
}
