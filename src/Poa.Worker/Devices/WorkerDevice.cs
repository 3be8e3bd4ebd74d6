using System.Runtime.InteropServices;
using Poa.Actors.Abstractions;
using Poa.Networks;
using TorchSharp;

namespace Poa.Worker.Devices;

/// <summary>A device of this process with the thread that computes on it.</summary>
internal sealed class WorkerDevice : IDisposable
{
    private readonly DeviceThread thread;
    private readonly int defaultThreads;

    /// <param name="name">Its name: <c>cpu</c> or <c>cuda:N</c>.</param>
    /// <param name="threads">Threads of the tensor library unless a run says otherwise; 0 for the default.</param>
    /// <exception cref="NotSupportedException">The name is of no known form.</exception>
    public WorkerDevice(string name, int threads)
    {
        if (name != "cpu" && !(name.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(name.AsSpan(5), out _)))
        {
            throw new NotSupportedException($"Device '{name}' is not known: use cpu, or cuda:0, cuda:1, ... with a build for CUDA.");
        }

        defaultThreads = threads > 0 ? threads : WorkerOptions.DefaultThreads();
        Description = new DeviceDescription(name, name == "cpu"
            ? $"{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()} processor, {Environment.ProcessorCount} cores, {defaultThreads} threads"
            : "CUDA device");
        thread = new DeviceThread(name, TorchRuntime.Prepare);
    }

    /// <summary>Name and words for people.</summary>
    public DeviceDescription Description { get; }

    /// <summary>Threads of the tensor library for work that asks for a number, or for 0, which takes the worker's default.</summary>
    public int ThreadsFor(int asked) => asked > 0 ? asked : defaultThreads;

    /// <summary>
    /// Runs <paramref name="work"/> on the device's thread, after what was handed in before.
    /// </summary>
    /// <param name="threads">Threads of the tensor library; 0 takes the worker's default. On CPU another number gives other bits.</param>
    /// <param name="work">Gets the device to put tensors on.</param>
    /// <param name="cancellationToken">Stops waiting for the thread; what runs already goes on.</param>
    public Task<T> RunAsync<T>(int threads, Func<torch.Device, T> work, CancellationToken cancellationToken) => thread.RunAsync(
        () =>
        {
            // The number of threads belongs to the calling thread: it is set here, not where the worker starts.
            TorchRuntime.SetThreads(ThreadsFor(threads));
            return work(TorchRuntime.ParseDevice(Description.Name));
        },
        cancellationToken);

    public void Dispose() => thread.Dispose();
}
