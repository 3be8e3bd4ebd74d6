namespace Poa.Actors;

/// <summary>Wakes those who watch a grain. Used on the grain's own scheduler only, so it needs no lock.</summary>
internal sealed class ChangeSignal
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Counts the changes in this life of the grain.</summary>
    public long Version { get; private set; }

    /// <summary>Something changed.</summary>
    public void Raise()
    {
        Version++;
        var waiting = _next;
        _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.TrySetResult();
    }

    /// <summary>Waits until there is a change after <paramref name="seen"/>.</summary>
    public Task WaitAsync(long seen, CancellationToken cancellationToken) =>
        Version > seen ? Task.CompletedTask : _next.Task.WaitAsync(cancellationToken);
}
