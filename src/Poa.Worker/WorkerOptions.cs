using Poa.Training.Exchange.Tcp;

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

    /// <summary>
    /// Address of this machine, or a name for it, by which workers that train a run together with this one reach it; the default is for
    /// workers on one machine.
    /// </summary>
    public string ExchangeHost { get; init; } = "127.0.0.1";

    /// <summary>Port for them; 0 for one that is free.</summary>
    public int ExchangePort { get; init; }

    /// <summary>The same for all workers of a cluster: who does not know it is not let into a run. Empty where only this machine can connect.</summary>
    public string ExchangeSecret { get; init; } = "";

    /// <summary>A worker that has said nothing for so long is lost to those who train a run with it. See <see cref="ExchangeTimings"/> for what tells sooner.</summary>
    public TimeSpan ExchangeSilence { get; init; } = ExchangeTimings.Default.Silence;

    /// <summary>How devices of workers that train a run together exchange gradients; the same for all workers of a cluster.</summary>
    public GangTransport Transport { get; init; }

    /// <summary>Certificates by which workers know each other and encrypt what they exchange; null for none, then it is sent as it is.</summary>
    public ExchangeTls? ExchangeTls { get; init; }

    /// <summary>Folder of files that live as long as a lease.</summary>
    public string ScratchFolder => Path.Combine(Home, "scratch");

    /// <summary>OMP_NUM_THREADS where it is set, as for every user of the tensor library; else all cores.</summary>
    public static int DefaultThreads() =>
        int.TryParse(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"), out var threads) && threads > 0 ? threads : Environment.ProcessorCount;
}

/// <summary>How devices of several workers exchange large sums. Results are the same.</summary>
public enum GangTransport
{
    /// <summary>Through the memory of their hosts and by TCP; for any device.</summary>
    Tcp,

    /// <summary>From card to card by NVIDIA's NCCL, which has to be installed; for CUDA devices.</summary>
    Nccl,
}
