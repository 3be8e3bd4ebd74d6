using System.Runtime.CompilerServices;
using Orleans.Serialization;
using Poa.Elastic;
using Poa.Storage;

namespace Poa.Actors.Client;

/// <summary>Turns faults into <see cref="PoaException"/>, and takes up a watch that broke.</summary>
internal static class Calls
{
    private const int MaxReconnects = 10;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>Makes a call; faults of transport, storage and configuration come as errors with a remedy.</summary>
    public static async Task<T> GuardAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (Translate(e) is { } error)
        {
            throw new PoaException(error, e);
        }
    }

    /// <summary>
    /// Follows a stream of updates. When it breaks (its grain has moved, the host is being restarted) it is opened again, where the
    /// last update left off.
    /// </summary>
    /// <param name="open">Opens the stream after the last update seen; null before the first.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async IAsyncEnumerable<T> FollowAsync<T>(
        Func<T?, IAsyncEnumerable<T>> open, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        T? last = null;
        for (var failures = 0; ;)
        {
            await using var updates = open(last).GetAsyncEnumerator(cancellationToken);
            Exception? broken = null;
            while (true)
            {
                try
                {
                    if (!await updates.MoveNextAsync())
                    {
                        yield break;
                    }
                }
                catch (Exception e) when (e is EnumerationAbortedException || IsTransient(e))
                {
                    broken = e;
                    break;
                }

                failures = 0;
                last = updates.Current;
                yield return last;
            }

            if (++failures > MaxReconnects)
            {
                throw new PoaException(Unreachable(broken), broken);
            }

            await Task.Delay(FirstDelay * failures, time, cancellationToken);
        }
    }

    private static bool IsTransient(Exception e) =>
        e is OrleansException or TimeoutException or CodecNotFoundException;

    private static WorkError Unreachable(Exception e) =>
        new(ErrorCodes.HostUnreachable, $"The host does not answer: {e.Message}", "See whether it runs; start it with: poa up", Retryable: true);

    private static WorkError? Translate(Exception e) => e switch
    {
        PoaException => null,
        StorageException storage => new WorkError(
            storage.Fault == StorageFault.NotFound ? ErrorCodes.BlobNotFound : $"storage-{storage.Fault.ToString().ToLowerInvariant()}",
            storage.Message,
            storage.Remedy ?? "Check the blob store.",
            storage.Fault == StorageFault.Unavailable),
        ConfigurationException or FormatException => new WorkError(ErrorCodes.InvalidArgument, e.Message, "Correct it and try again."),
        _ when IsTransient(e) => Unreachable(e),
        _ => null,
    };
}
