using System.Collections.Concurrent;

namespace Poa.Worker.Devices;

/// <summary>
/// The one thread that computes on a device. Tensor scopes and gradient modes are per thread, so everything that touches
/// tensors of a device runs here, one piece of work after the other, and never on the grain scheduler or the thread pool.
/// </summary>
internal sealed class DeviceThread : IDisposable
{
    private const int Capacity = 16;
    private readonly BlockingCollection<Action> queue = new(Capacity);
    private readonly Thread thread;

    /// <param name="device">The device's name, which becomes the thread's.</param>
    /// <param name="initialise">Runs first on the thread: settings that are the thread's own.</param>
    public DeviceThread(string device, Action? initialise = null)
    {
        thread = new Thread(() => Loop(initialise)) { IsBackground = true, Name = $"device {device}" };
        thread.Start();
    }

    /// <summary>Runs <paramref name="work"/> on the thread after what was enqueued before; waits for room where the queue is full.</summary>
    /// <returns>Ends with the work: its result, or its exception.</returns>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        queue.Add(
            () =>
            {
                if (cancellationToken.IsCancellationRequested)
                {
                    done.SetCanceled(cancellationToken);
                    return;
                }

                try
                {
                    done.SetResult(work());
                }
                catch (OperationCanceledException e)
                {
                    done.SetCanceled(e.CancellationToken);
                }
                catch (Exception e)
                {
                    done.SetException(e);
                }
            },
            cancellationToken);
        return done.Task;
    }

    /// <summary>Takes no more work and returns when the thread has ended what it had.</summary>
    public void Dispose()
    {
        queue.CompleteAdding();
        thread.Join();
        queue.Dispose();
    }

    private void Loop(Action? initialise)
    {
        initialise?.Invoke();
        foreach (var work in queue.GetConsumingEnumerable())
        {
            work();
        }
    }
}
