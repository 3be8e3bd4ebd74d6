using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Poa.Training.Exchange.Tcp;

/// <summary>The connection to one other member.</summary>
internal sealed class TcpPeer
{
    /// <summary>A frame: length of its content, kind, content.</summary>
    private const int HeaderLength = 5;

    /// <summary>Longer messages come from no member.</summary>
    private const int MaxLength = 1 << 28;

    private readonly BlockingCollection<Message> outbox = [];
    private readonly int rank;
    private readonly string description;
    private readonly ShardConnection connection;
    private readonly ExchangeTimings timings;
    private readonly Action<ShardLostException> onLost;
    private readonly Thread writer;
    private readonly Thread reader;
    private volatile bool isLeaving;
    private volatile bool hasLeft;

    /// <param name="rank">The other member.</param>
    /// <param name="description">The same in words.</param>
    /// <param name="connection">Taken over.</param>
    /// <param name="timings">Heartbeat, silence and parting.</param>
    /// <param name="onLost">Told when the member is lost, on a thread of the connection.</param>
    public TcpPeer(int rank, string description, ShardConnection connection, ExchangeTimings timings, Action<ShardLostException> onLost)
    {
        this.rank = rank;
        this.description = description;
        this.connection = connection;
        this.timings = timings;
        this.onLost = onLost;
        connection.Socket.NoDelay = true;
        var silence = (int)timings.Silence.TotalMilliseconds;
        (connection.Socket.ReceiveTimeout, connection.Socket.SendTimeout) = (silence, silence);
        writer = new Thread(Write) { IsBackground = true, Name = $"to shard {rank}" };
        reader = new Thread(Read) { IsBackground = true, Name = $"from shard {rank}" };
    }

    private enum FrameKind : byte
    {
        Message = 1,

        /// <summary>A sign of life, empty.</summary>
        Heartbeat = 2,

        /// <summary>The member leaves: nothing more will come, empty.</summary>
        Goodbye = 3,
    }

    /// <summary>What the member has sent.</summary>
    public Mailbox Inbox { get; } = new();

    public void Start()
    {
        writer.Start();
        reader.Start();
    }

    public void Send(ReadOnlySpan<byte> message) => outbox.Add(Message.Of(message));

    /// <summary>Begins to leave; what is queued is still sent. To be followed by <see cref="Close"/>.</summary>
    public void Leave()
    {
        isLeaving = true;
        outbox.CompleteAdding();
    }

    /// <summary>Ends the connection, after <see cref="Leave"/>. To be called once.</summary>
    /// <param name="waits">Whether to wait for what is on its way.</param>
    public void Close(bool waits)
    {
        if (waits)
        {
            // The other side hangs up when it has read all: closing before could take what is on its way with it.
            writer.Join(timings.Parting);
            reader.Join(timings.Parting);
        }

        connection.Socket.Dispose();
        reader.Join();
        writer.Join();
        connection.Dispose();
        outbox.Dispose();
    }

    private void Write()
    {
        try
        {
            while (true)
            {
                if (outbox.TryTake(out var message, timings.Heartbeat))
                {
                    WriteFrame(FrameKind.Message, message.Span);
                    message.Return();
                }
                else if (outbox.IsCompleted)
                {
                    WriteFrame(FrameKind.Goodbye, []);
                    connection.Socket.Shutdown(SocketShutdown.Send);
                    return;
                }
                else
                {
                    WriteFrame(FrameKind.Heartbeat, []);
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or IOException)
        {
            Lose(IsTimeout(error)
                ? $"it took nothing in for {timings.Silence.TotalSeconds:0.#} s"
                : $"the connection broke ({error.Message})", error);
        }
    }

    private void WriteFrame(FrameKind kind, ReadOnlySpan<byte> content)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        BinaryPrimitives.WriteInt32LittleEndian(header, content.Length);
        header[^1] = (byte)kind;
        connection.Stream.Write(header);
        connection.Stream.Write(content);
    }

    private void Read()
    {
        try
        {
            Span<byte> header = stackalloc byte[HeaderLength];
            while (true)
            {
                ReadAll(header);
                var length = BinaryPrimitives.ReadInt32LittleEndian(header);
                switch ((FrameKind)header[^1])
                {
                    case FrameKind.Message when length is >= 0 and <= MaxLength:
                        var message = Message.OfLength(length);
                        ReadAll(message.Buffer.AsSpan(0, length));
                        Inbox.Post(message);
                        break;
                    case FrameKind.Heartbeat:
                        break;
                    case FrameKind.Goodbye:
                        hasLeft = true;
                        Inbox.Close(new ShardLostException(rank, description, "it has left"));
                        connection.Socket.Shutdown(SocketShutdown.Send);
                        return;
                    default:
                        throw new InvalidDataException("it sent what is no frame of this version's protocol");
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or IOException or InvalidDataException)
        {
            Lose(IsTimeout(error)
                ? $"nothing was heard of it for {timings.Silence.TotalSeconds:0.#} s"
                : error.Message, error);
        }
    }

    private void ReadAll(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = connection.Stream.Read(bytes);
            bytes = count > 0 ? bytes[count..] : throw new EndOfStreamException("its process has ended or closed the connection");
        }
    }

    private static bool IsTimeout(Exception? error) =>
        error is SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock } || (error is not null && IsTimeout(error.InnerException));

    private void Lose(string reason, Exception error)
    {
        // A member that has said goodbye takes nothing more in: nobody is to suffer for that as long as nothing is awaited of it.
        if (!isLeaving && !hasLeft)
        {
            onLost(new ShardLostException(rank, description, reason, error));
        }
    }
}
