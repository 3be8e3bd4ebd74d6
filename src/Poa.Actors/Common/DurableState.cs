namespace Poa.Actors;

/// <summary>
/// State that becomes visible only once it is stored: <see cref="Current"/> is what the data base holds, so that reads that
/// interleave with a command never see what a crash could take back. For grains whose commands do not interleave.
/// </summary>
internal sealed class DurableState<T>(IPersistentState<T> storage, IGrainBase grain)
    where T : class
{
    /// <summary>The stored state.</summary>
    public T Current { get; private set; } = storage.State;

    /// <summary>Stores a new state. If that fails the grain is put down, to be read again from the data base.</summary>
    public async Task SaveAsync(T next)
    {
        storage.State = next;
        try
        {
            await storage.WriteStateAsync();
        }
        catch
        {
            storage.State = Current;
            grain.DeactivateOnIdle();
            throw;
        }

        Current = next;
    }
}
