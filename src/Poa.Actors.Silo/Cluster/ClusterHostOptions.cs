using Microsoft.Extensions.Hosting;
using Poa.Actors.Database;
using Poa.Worker;

namespace Poa.Actors.Silo;

/// <summary>How a silo of a cluster is set up. All that differs between an embedded host and a cluster is in here.</summary>
public sealed record ClusterHostOptions
{
    /// <summary>Port for other silos unless told otherwise.</summary>
    public const int DefaultSiloPort = 11111;

    /// <summary>Port for clients unless told otherwise.</summary>
    public const int DefaultGatewayPort = 30000;

    /// <summary>Which cluster, and its data base.</summary>
    public required ClusterAddress Cluster { get; init; }

    /// <summary>
    /// Where blobs are: <c>azure:CONTAINER</c> or <c>azure:URL</c>, with secrets in the environment, or a folder that every machine of
    /// the cluster sees under the same path.
    /// </summary>
    public required string BlobStore { get; init; }

    /// <summary>What the silo is for.</summary>
    public SiloRole Role { get; init; } = SiloRole.Both;

    /// <summary>Name of the silo and, where it works, id of the worker process: unique in the cluster, kept over restarts, no slash.</summary>
    public string Name { get; init; } = Environment.MachineName;

    /// <summary>IP address, or name to be looked up, under which other machines reach this one; null for the machine's own.</summary>
    public string? AdvertisedAddress { get; init; }

    /// <summary>Port for other silos; null for any free one.</summary>
    public int? SiloPort { get; init; } = DefaultSiloPort;

    /// <summary>Port for clients; null for any free one. A silo for work only takes no clients.</summary>
    public int? GatewayPort { get; init; } = DefaultGatewayPort;

    /// <summary>Port of the silo's liveness connections, by which control silos notice the end of its process at once; null for any free one.</summary>
    public int? LivenessPort { get; init; }

    /// <summary>Port of the health endpoints <c>/health/live</c> and <c>/health/ready</c>; null for none.</summary>
    public int? HealthPort { get; init; }

    /// <summary>Folder for scratch files of the worker, one worker at a time. Nothing in it needs to outlive the process.</summary>
    public required string Home { get; init; }

    /// <summary>Devices to work on; for a control silo there are none.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Compute threads where a run's configuration does not say; 0 for all cores.</summary>
    public int Threads { get; init; }

    /// <summary>Port by which workers that train a run together reach this one; null for any free one.</summary>
    public int? ExchangePort { get; init; }

    /// <summary>The same for all workers of the cluster: who does not know it is not let into a run. Needed where other machines can connect.</summary>
    public string ExchangeSecret { get; init; } = "";

    /// <summary>See <see cref="WorkerOptions.ExchangeSilence"/>; at least a second. Null for the shipped setting.</summary>
    public TimeSpan? ExchangeSilence { get; init; }

    /// <summary>How devices of workers that train a run together exchange gradients; the same for all workers of the cluster.</summary>
    public GangTransport Transport { get; init; }

    /// <summary>Folders that data specifications may lead into; none allows any. See <see cref="WorkerOptions.DataRoots"/>.</summary>
    public IReadOnlyList<string> DataRoots { get; init; } = [];

    /// <summary>How soon the death of a silo is noticed.</summary>
    public ClusterTimings Timings { get; init; } = new();

    /// <summary>Changes times and limits of the control plane; the same on all silos.</summary>
    public Action<PoaActorsOptions>? Actors { get; init; }

    /// <summary>Adds logging, telemetry and services of the caller. Runs last.</summary>
    public Action<IHostApplicationBuilder>? Configure { get; init; }

    /// <summary>The silo takes clients and keeps the books.</summary>
    public bool IsControl => Role != SiloRole.Worker;

    /// <summary>As messages name it; without the secret.</summary>
    public override string ToString() => $"{Role} silo {Name} of the {Cluster}";

    /// <summary>Checks what can be checked before anything is opened.</summary>
    /// <exception cref="PoaException">A value cannot be used.</exception>
    public void Check()
    {
        Timings.Check();
        if (Name.Length is 0 or > 100 || Name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not '-' and not '_' and not '.'))
        {
            throw new PoaException(ErrorCodes.InvalidArgument, $"'{Name}' cannot be the name of a silo.", "Use 1 to 100 letters, digits, '-', '_' and '.'.");
        }

        if (string.IsNullOrWhiteSpace(BlobStore))
        {
            throw new PoaException(
                ErrorCodes.InvalidArgument, "No blob store is given.",
                $"Set {ClusterHostSettings.BlobStoreVariable} (or --blobs) to azure:CONTAINER, or to a folder that every machine of the cluster sees.");
        }

        if (ExchangeSilence < TimeSpan.FromSeconds(1) || ExchangeSilence > TimeSpan.FromDays(1))
        {
            throw new PoaException(ErrorCodes.InvalidArgument, $"A silence of {ExchangeSilence?.TotalSeconds} s between workers is not in [1, 86400] s.", "Choose another.");
        }

        if (Role == SiloRole.Worker && Devices.Count == 0)
        {
            throw new PoaException(ErrorCodes.InvalidArgument, $"The worker {Name} has no devices.", "Name some, such as cpu or cuda:0, or choose the role control.");
        }

        if (Cluster.Tls is not null && Devices.Count > 0 && Transport == GangTransport.Nccl)
        {
            throw new PoaException(
                ErrorCodes.InvalidArgument, $"The cluster is with TLS, and NCCL would send the gradients of worker {Name} as they are.",
                $"Set {ClusterHostSettings.TransportVariable} to tcp, or leave TLS out in a network that is closed to others.");
        }

        if (Role == SiloRole.Control && Devices.Count > 0)
        {
            throw new PoaException(ErrorCodes.InvalidArgument, $"The control silo {Name} does no work, yet has devices: {string.Join(", ", Devices)}.", "Leave them out, or choose the role worker or both.");
        }
    }
}
