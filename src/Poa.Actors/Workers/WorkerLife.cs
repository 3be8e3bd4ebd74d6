namespace Poa.Actors;

/// <summary>One life of the worker process in this silo.</summary>
internal sealed class WorkerLife : IDisposable
{
    private readonly CancellationTokenSource _ended = new();

    /// <summary>Differs with every start; leases of an earlier life are void.</summary>
    public string Incarnation { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Signalled when the silo goes down: reports can no longer be delivered.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Ends this life.</summary>
    public void End() => _ended.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _ended.Dispose();
}
