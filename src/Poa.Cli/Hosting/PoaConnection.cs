using System.Diagnostics;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
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

/// <summary>The client of a command: of the host that serves the data folder or, where none does, of one within this process.</summary>
internal sealed class PoaConnection : IAsyncDisposable
{
    private readonly EmbeddedHost? host;

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

    /// <summary>Connects, or starts a host.</summary>
    /// <param name="home">The data folder.</param>
    /// <param name="need">What for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">The host does not answer, or none can be started.</exception>
    public static async Task<PoaConnection> OpenAsync(string home, HostNeed need, CancellationToken cancellationToken)
    {
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
