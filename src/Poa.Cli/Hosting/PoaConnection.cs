using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Hosting;
using Poa.Actors.Silo;

namespace Poa.Cli.Hosting;

/// <summary>What a command needs of a host.</summary>
internal enum HostNeed
{
    /// <summary>To read and change what is recorded; nothing is computed. Without a running host one without devices is started.</summary>
    State,

    /// <summary>To have something computed. Without a running host one is started for the time of the command.</summary>
    Worker,

    /// <summary>A host that runs already.</summary>
    Running,
}

/// <summary>The client of a command: of a cluster, of the host that serves the data folder or, where none does, of one within this process.</summary>
internal sealed class PoaConnection : IAsyncDisposable
{
    private readonly EmbeddedHost? host;
    private DashboardHost? dashboard;

    private PoaConnection(PoaClient client, EmbeddedHost? host)
    {
        Client = client;
        this.host = host;
    }

    /// <summary>The typed client.</summary>
    public PoaClient Client { get; }

    /// <summary>The host lives in this process and ends with the command.</summary>
    public bool IsEmbedded => host is not null;

    /// <summary>Process and ports of the host within this process; null where another one serves.</summary>
    public HostFile? OwnHost => host?.File;

    /// <summary>Starts the dashboard of the host within this process, and notes its address in <see cref="OwnHost"/>. It ends with the connection.</summary>
    /// <param name="options">Where and for whom.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">Another process serves.</exception>
    /// <exception cref="PoaException">It cannot be served like this, or its port is taken.</exception>
    public async Task StartDashboardAsync(DashboardOptions options, CancellationToken cancellationToken)
    {
        var own = host ?? throw new InvalidOperationException("The host is another process: it has its own dashboard.");
        var log = own.Services.GetServices<ILoggerProvider>().OfType<HostLog>().Single();
        dashboard = await DashboardHost.StartAsync(options, Client, builder => builder.Logging.AddProvider(log), cancellationToken).ConfigureAwait(false);
        own.Announce(dashboard.Address);
    }

    /// <summary>Connects, or starts a host.</summary>
    /// <param name="target">The cluster or the data folder.</param>
    /// <param name="need">What for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">The host does not answer, or none can be started.</exception>
    public static async Task<PoaConnection> OpenAsync(HostTarget target, HostNeed need, CancellationToken cancellationToken)
    {
        if (target.Cluster is { } cluster)
        {
            return new PoaConnection(await PoaClient.ConnectAsync(cluster, cancellationToken).ConfigureAwait(false), null);
        }

        var home = target.Home;
        if (HostFile.TryRead(home) is { } running && Lives(running.ProcessId))
        {
            return new PoaConnection(await PoaClient.ConnectAsync(home, cancellationToken).ConfigureAwait(false), null);
        }

        if (need == HostNeed.Running)
        {
            throw new PoaException(ErrorCodes.HostUnreachable, $"No host serves the data folder {home}.", $"Start one with: poa up --home {home}");
        }

        string[] devices = need == HostNeed.Worker ? Devices.Here() : [];
        return await StartAsync(new EmbeddedHostOptions { Home = home, Devices = devices }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Starts a host within this process.</summary>
    /// <exception cref="PoaException">The folder is held by another host or cannot be written, or a port is taken.</exception>
    public static async Task<PoaConnection> StartAsync(EmbeddedHostOptions options, CancellationToken cancellationToken)
    {
        var host = await EmbeddedHost.StartAsync(
            options with { Configure = builder => HostLog.Add(builder.Logging, options.Home) }, cancellationToken).ConfigureAwait(false);
        return new PoaConnection(new PoaClient(host.Cluster), host);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (dashboard is not null)
        {
            await dashboard.DisposeAsync().ConfigureAwait(false);
        }

        await Client.DisposeAsync().ConfigureAwait(false);
        if (host is not null)
        {
            await host.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static bool Lives(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false; // killed: its host.json stayed behind
        }
    }
}
