using System.Diagnostics;

namespace Poa.Training.Exchange;

/// <summary>The exchange of a formation of one member: there is nobody to talk to.</summary>
public sealed class LoneExchange : IShardExchange
{
    private LoneExchange()
    {
    }

    /// <summary>The only instance; disposing it does nothing.</summary>
    public static LoneExchange Instance { get; } = new();

    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int World => 1;

    /// <inheritdoc/>
    public void ThrowIfLost()
    {
    }

    /// <inheritdoc/>
    public void ThrowIfLeft()
    {
    }

    /// <inheritdoc/>
    public void Send(int peer, ReadOnlySpan<byte> message) => throw new UnreachableException($"A lone member sends nothing, to {peer}.");

    /// <inheritdoc/>
    public void Receive(int peer, Span<byte> message, CancellationToken cancellationToken = default) =>
        throw new UnreachableException($"A lone member receives nothing, from {peer}.");

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
