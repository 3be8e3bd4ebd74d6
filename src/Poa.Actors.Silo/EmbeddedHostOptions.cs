using Microsoft.Extensions.Hosting;

namespace Poa.Actors.Silo;

/// <summary>How an embedded host is set up.</summary>
public sealed record EmbeddedHostOptions
{
    /// <summary>The data folder: grain state, blobs, <c>host.json</c>. Made if it does not exist; one host at a time.</summary>
    public required string Home { get; init; }

    /// <summary>Port on 127.0.0.1 for silos; null for any free one.</summary>
    public int? SiloPort { get; init; }

    /// <summary>Port on 127.0.0.1 for clients; null for any free one.</summary>
    public int? GatewayPort { get; init; }

    /// <summary>Id of the worker process; keep it over restarts.</summary>
    public string WorkerId { get; init; } = "local";

    /// <summary>Devices to work on: <c>cpu</c>, <c>cuda:0</c>, ... None for a host that only keeps the books.</summary>
    public IReadOnlyList<string> Devices { get; init; } = ["cpu"];

    /// <summary>Compute threads where a run's configuration does not say; 0 for all cores.</summary>
    public int Threads { get; init; }

    /// <summary>Folders that data specifications may lead into; none allows any. See <see cref="Poa.Worker.WorkerOptions.DataRoots"/>.</summary>
    public IReadOnlyList<string> DataRoots { get; init; } = [];

    /// <summary>Where blobs are; null for the folder <c>blobs</c> in the data folder.</summary>
    public string? BlobStore { get; init; }

    /// <summary>Changes times and limits of the control plane.</summary>
    public Action<PoaActorsOptions>? Actors { get; init; }

    /// <summary>Adds logging, telemetry and services of the caller. Runs last.</summary>
    public Action<IHostApplicationBuilder>? Configure { get; init; }
}
