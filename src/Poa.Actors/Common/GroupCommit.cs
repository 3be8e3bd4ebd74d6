namespace Poa.Actors;

/// <summary>
/// Writes of a reentrant grain, one at a time: callers that come while a write is under way share the next one. The state must be
/// an immutable value, replaced as a whole.
/// </summary>
internal sealed class GroupCommit<T>(IPersistentState<T> storage, IGrainBase grain)
    where T : class
{
    private long _changed;
    private long _stored;
    private Task? _writing;

    /// <summary>The newest state, possibly not stored yet; whoever acts on it waits for <see cref="SaveAsync"/> first.</summary>
    public T Current => storage.State;

    /// <summary>What the data base holds: for reads that must not show what a crash could take back.</summary>
    public T Stored { get; private set; } = storage.State;

    /// <summary>Replaces the state and waits until it is stored.</summary>
    public Task SaveAsync(T next)
    {
        if (ReferenceEquals(next, storage.State))
        {
            return StoredAsync(_changed);
        }

        storage.State = next;
        return StoredAsync(++_changed);
    }

    private async Task StoredAsync(long target)
    {
        while (_stored < target)
        {
            await (_writing ??= WriteAsync());
        }
    }

    private async Task WriteAsync()
    {
        // Off the caller's stack, so that the field is set before the write can end.
        await Task.Yield();
        var (covered, written) = (_changed, storage.State);
        try
        {
            await storage.WriteStateAsync();
            _stored = covered;
            Stored = written;
        }
        catch
        {
            // What is in memory is ahead of the data base: put the activation down, the next one reads what is stored.
            grain.DeactivateOnIdle();
            throw;
        }
        finally
        {
            _writing = null;
        }
    }
}
