using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Poa.Worker;

namespace Poa.Actors.Silo;

/// <summary>
/// Everything in one process on 127.0.0.1: grains, worker, grain state in <c>state.db</c>, blobs in <c>blobs/</c>. Killed at any
/// moment and started again on the same folder it goes on with what was running.
/// </summary>
public sealed class EmbeddedHost : IAsyncDisposable
{
    /// <summary>Whose grain state and reminders are in the data base.</summary>
    internal const string ServiceId = "poa";

    private const string ClusterId = "poa-embedded";
    private readonly IHost _host;
    private readonly HomeLock _lock;
    private readonly SqliteDatabase _database;
    private readonly string _home;
    private bool _stopped;

    private EmbeddedHost(IHost host, HomeLock held, SqliteDatabase database, string home, HostFile file)
    {
        _host = host;
        _lock = held;
        _database = database;
        _home = home;
        File = file;
    }

    /// <summary>What <c>host.json</c> says.</summary>
    public HostFile File { get; private set; }

    /// <summary>Services of the host.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>A cluster client within this process: for <c>new PoaClient(host.Cluster)</c>.</summary>
    public IClusterClient Cluster => _host.Services.GetRequiredService<IClusterClient>();

    /// <summary>Starts a host. When it returns, <c>host.json</c> is there and clients can connect.</summary>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">
    /// The data folder is held by another host, cannot be written or is damaged, or a port is taken; the message says what to do.
    /// </exception>
    public static async Task<EmbeddedHost> StartAsync(EmbeddedHostOptions options, CancellationToken cancellationToken = default)
    {
        var home = Path.GetFullPath(options.Home);
        var held = HomeLock.Take(home);
        IHost? host = null;
        SqliteDatabase? database = null;
        try
        {
            // Left behind by a host that was killed: nobody is to connect to it.
            System.IO.File.Delete(HostFile.PathIn(home));
            database = new SqliteDatabase(home);
            await database.MigrateAsync(cancellationToken);
            var ports = Ports.Choose(IPAddress.Loopback, options.SiloPort, options.GatewayPort);
            host = Build(options, home, database, ports);
            await host.StartAsync(cancellationToken);
            var file = new HostFile(
                Environment.ProcessId,
                ports.Gateway,
                ports.Silo,
                ClusterId,
                ServiceId,
                host.Services.GetRequiredService<TimeProvider>().GetUtcNow());
            file.Write(home);
            return new EmbeddedHost(host, held, database, home, file);
        }
        catch
        {
            if (host is not null)
            {
                await SiloParts.DisposeAsync(host);
            }

            database?.Close();
            held.Dispose();
            throw;
        }
    }

    /// <summary>Says in <c>host.json</c> where the dashboard is that runs in this process.</summary>
    /// <param name="dashboard">Its address; null once there is none any more.</param>
    public void Announce(Uri? dashboard)
    {
        File = File with { Dashboard = dashboard?.GetLeftPart(UriPartial.Authority) };
        File.Write(_home);
    }

    /// <summary>
    /// Stops in good order: running work writes a checkpoint first, within <see cref="PoaActorsOptions.DrainTimeout"/>. It goes on
    /// when a host is started on this folder again.
    /// </summary>
    /// <param name="cancellationToken">Stops at once, without waiting for checkpoints.</param>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        System.IO.File.Delete(HostFile.PathIn(_home));
        try
        {
            await _host.StopAsync(cancellationToken);
        }
        finally
        {
            await SiloParts.DisposeAsync(_host);
            _database.Close();
            _lock.Dispose();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    /// <summary>Where a data folder has its blobs, unless told otherwise.</summary>
    internal static string BlobFolder(string home) => Path.Combine(home, "blobs");

    private static IHost Build(EmbeddedHostOptions options, string home, SqliteDatabase database, (int Silo, int Gateway) ports) => new SiloParts
    {
        Invariant = SqliteDatabase.Invariant,
        ConnectionString = database.ConnectionString,
        BlobStore = options.BlobStore ?? $"folder:{BlobFolder(home)}",
        Worker = options.Devices.Count == 0
            ? null
            : new WorkerOptions { Home = home, Devices = options.Devices, Threads = options.Threads, DataRoots = options.DataRoots },
        Actors = actors =>
        {
            actors.WorkerId = options.WorkerId;
            options.Actors?.Invoke(actors);
        },
        Configure = options.Configure,
    }.Build(silo =>
    {
        silo.UseLocalhostClustering(ports.Silo, ports.Gateway, primarySiloEndpoint: null, ServiceId, ClusterId);
        silo.Configure<EndpointOptions>(endpoints =>
        {
            endpoints.SiloListeningEndpoint = new IPEndPoint(IPAddress.Loopback, ports.Silo);
            endpoints.GatewayListeningEndpoint = new IPEndPoint(IPAddress.Loopback, ports.Gateway);
        });
    });
}
