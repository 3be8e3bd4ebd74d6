using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>The native tensor library: loading it, its threads, its devices.</summary>
public static partial class TorchRuntime
{
    private static readonly Lock Gate = new();

    private static bool _prepared;

    /// <summary>
    /// Prepares the process and loads the native library. Call it before anything else touches a tensor; further calls do nothing.
    /// </summary>
    /// <exception cref="TorchUnavailableException">The library does not load; the message says why and what to do.</exception>
    public static void Prepare()
    {
        lock (Gate)
        {
            if (_prepared)
            {
                return;
            }

            NativeAllocator.KeepFreedBlocks();
            WaitBriefly();
            try
            {
                InitializeDeviceType(TorchSharp.DeviceType.CPU);
                using var probe = zeros(1);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                throw new TorchUnavailableException(exception);
            }

            _prepared = true;
        }
    }

    /// <summary>
    /// Sets the number of threads that CPU operations use. On CPU the same work with another number of threads gives other last bits, so
    /// the number belongs to a run's configuration.
    /// </summary>
    /// <param name="threads">At least 1.</param>
    public static void SetThreads(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        Prepare();
        set_num_threads(threads);
    }

    /// <summary>Number of threads that CPU operations use.</summary>
    public static int Threads
    {
        get
        {
            Prepare();
            return get_num_threads();
        }
    }

    /// <summary>
    /// Gives the memory of disposed tensors back to the system. For the end of a long piece of work in a process that lives on: between
    /// steps it is kept on purpose, because the next step needs it again.
    /// </summary>
    public static void ReleaseMemory() => NativeAllocator.ReleaseFreedBlocks();

    /// <summary>Reads a device name.</summary>
    /// <param name="name"><c>cpu</c>, <c>cuda</c> (the first GPU) or <c>cuda:N</c>.</param>
    /// <exception cref="ArgumentException">It is no such name.</exception>
    /// <exception cref="TorchUnavailableException">The device is not there, or this build has no CUDA.</exception>
    public static Device ParseDevice(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Prepare();
        var (kind, index) = DeviceName.Parse(name);
        if (kind == TorchSharp.DeviceType.CPU)
        {
            return CPU;
        }

        if (!cuda.is_available())
        {
            throw new TorchUnavailableException(
                $"Device '{name}' is not available: PyTorch finds no CUDA. Use 'cpu', or build with -p:TorchBackend=cuda on a machine with an NVIDIA driver.");
        }

        var count = cuda.device_count();
        return index < count
            ? new Device(kind, index)
            : throw new TorchUnavailableException($"Device '{name}' is not available: this machine has {count} CUDA device(s), numbered from 0.");
    }

    /// <summary>
    /// Lets idle OpenMP threads spin for some microseconds only before they sleep. With the library's own limit of milliseconds, two
    /// threads that share a core with another process lose most of their time to each other's waiting (a training step took five to ten
    /// times as long); without any spinning a small network loses a third of its speed to waking threads. Settings in the environment are
    /// left as they are. .NET's own environment does not reach the C library's, and the library reads it once, when it loads.
    /// </summary>
    private static void WaitBriefly()
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
        {
            _ = setenv("GOMP_SPINCOUNT", "2000", 0);
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
