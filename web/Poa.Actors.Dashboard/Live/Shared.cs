namespace Poa.Actors.Dashboard.Live;

/// <summary>A value that many ask for and that is read once in a while, by whoever asks first.</summary>
/// <param name="read">Reads it.</param>
/// <param name="age">For how long an answer is good enough.</param>
/// <param name="time">The clock.</param>
internal sealed class Shared<T>(Func<CancellationToken, Task<T>> read, TimeSpan age, TimeProvider time) : IDisposable
    where T : class
{
    private readonly SemaphoreSlim reading = new(1, 1);
    private T? last;
    private long readAt;

    /// <summary>The value, at most as old as is allowed.</summary>
    public async Task<T> GetAsync(CancellationToken cancellationToken)
    {
        await reading.WaitAsync(cancellationToken);
        try
        {
            if (last is null || time.GetElapsedTime(readAt) >= age)
            {
                last = await read(cancellationToken);
                readAt = time.GetTimestamp();
            }

            return last;
        }
        finally
        {
            reading.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => reading.Dispose();
}
