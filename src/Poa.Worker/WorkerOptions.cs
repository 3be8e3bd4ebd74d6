namespace Poa.Worker;

/// <summary>How a worker process is set up.</summary>
public sealed record WorkerOptions
{
    /// <summary>Data folder; scratch files go to <c>scratch</c> below it.</summary>
    public required string Home { get; init; }

    /// <summary>Devices to work on: <c>cpu</c>, <c>cuda:0</c>, ... Each once; one thread computes on each.</summary>
    public IReadOnlyList<string> Devices { get; init; } = ["cpu"];

    /// <summary>Threads of the tensor library where a run's configuration does not say; 0 takes <see cref="DefaultThreads"/>.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Folders that data specifications may lead into, after symbolic links are resolved; none allows any folder that the process may
    /// read. For inspection, training and evaluation alike.
    /// </summary>
    public IReadOnlyList<string> DataRoots { get; init; } = [];

    /// <summary>Folder of files that live as long as a lease.</summary>
    public string ScratchFolder => Path.Combine(Home, "scratch");

    /// <summary>OMP_NUM_THREADS where it is set, as for every user of the tensor library; else all cores.</summary>
    public static int DefaultThreads() =>
        int.TryParse(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"), out var threads) && threads > 0 ? threads : Environment.ProcessorCount;
}
