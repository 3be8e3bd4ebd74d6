using System.Runtime.CompilerServices;

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

    /// <summary>What a watcher gets: how things stand after each change, up to how they stand in the end.</summary>
    /// <param name="look">How things stand.</param>
    /// <param name="isNews">It is worth telling; the end always is.</param>
    /// <param name="isEnd">Nothing follows.</param>
    /// <param name="pause">Waits between two of them, so that changes that come at once are told together.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async IAsyncEnumerable<T> FollowAsync<T>(
        Func<Task<T>> look, Func<T, bool> isNews, Func<T, bool> isEnd, Func<CancellationToken, Task> pause, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var seen = Version;
            var standing = await look();
            if (isNews(standing) || isEnd(standing))
            {
                yield return standing;
            }

            if (isEnd(standing))
            {
                yield break;
            }

            await WaitAsync(seen, cancellationToken);
            await pause(cancellationToken);
        }
    }
}
