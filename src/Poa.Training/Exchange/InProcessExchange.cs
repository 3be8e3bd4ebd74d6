using System.Globalization;

namespace Poa.Training.Exchange;

/// <summary>Members of a formation that are threads of one process, each with a device of its own.</summary>
public sealed class InProcessExchange : IShardExchange
{
    private readonly Mailbox[][] mailboxes;

    private InProcessExchange(int rank, Mailbox[][] mailboxes)
    {
        Rank = rank;
        this.mailboxes = mailboxes;
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int World => mailboxes.Length;

    /// <summary>A formation; each member is for one thread and disposed by it.</summary>
    /// <param name="world">Members, at least 1.</param>
    /// <returns>The members by rank.</returns>
    public static IReadOnlyList<InProcessExchange> Form(int world)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(world, 1);
        Mailbox[][] mailboxes = [.. Enumerable.Range(0, world).Select(_ => Enumerable.Range(0, world).Select(_ => new Mailbox()).ToArray())];
        return [.. Enumerable.Range(0, world).Select(rank => new InProcessExchange(rank, mailboxes))];
    }

    /// <inheritdoc/>
    /// <remarks>Members of one process are not lost unnoticed: whoever leaves has closed its mailboxes.</remarks>
    public void ThrowIfLost()
    {
    }

    /// <inheritdoc/>
    public void ThrowIfLeft()
    {
        foreach (var inbox in mailboxes[Rank])
        {
            inbox.ThrowIfClosed();
        }
    }

    /// <inheritdoc/>
    public void Send(int peer, ReadOnlySpan<byte> message) => mailboxes[peer][Rank].Post(Message.Of(message));

    /// <inheritdoc/>
    public void Receive(int peer, Span<byte> message, CancellationToken cancellationToken = default) =>
        mailboxes[Rank][peer].Take(message, cancellationToken);

    /// <summary>Leaves the formation: whoever waits for a message of this member, now or later, is told so.</summary>
    public void Dispose()
    {
        var member = string.Create(CultureInfo.InvariantCulture, $"Member {Rank} of {World} in this process");
        foreach (var inboxes in mailboxes)
        {
            inboxes[Rank].Close(new ShardLostException(Rank, member, "it has left"));
        }
    }
}
