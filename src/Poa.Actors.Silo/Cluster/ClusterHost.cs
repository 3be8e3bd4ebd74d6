using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Poa.Actors.Database;
using Poa.Training.Exchange.Tcp;
using Poa.Worker;

namespace Poa.Actors.Silo;

/// <summary>
/// A silo of a cluster: membership, grain state and reminders in PostgreSQL, blobs in a store that all machines reach. Killed at any
/// moment it loses nothing; the others go on, and it comes back by being started again.
/// </summary>
public sealed class ClusterHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly HomeLock? _lock;
    private readonly LivenessListener _liveness;
    private readonly HealthEndpoint? _health;
    private bool _stopped;

    private ClusterHost(IHost host, HomeLock? held, LivenessListener liveness, HealthEndpoint? health, IPEndPoint silo, IPEndPoint? gateway)
    {
        _host = host;
        _lock = held;
        _liveness = liveness;
        _health = health;
        Silo = silo;
        Gateway = gateway;
    }

    /// <summary>Where other silos reach this one.</summary>
    public IPEndPoint Silo { get; }

    /// <summary>Where clients reach it; null for a silo that takes none.</summary>
    public IPEndPoint? Gateway { get; }

    /// <summary>Port of the health endpoints; null if there are none.</summary>
    public int? HealthPort => _health?.Port;

    /// <summary>Services of the host.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>A cluster client within this process.</summary>
    public IClusterClient Cluster => _host.Services.GetRequiredService<IClusterClient>();

    /// <summary>Starts a silo. When it returns, the silo is a member of the cluster.</summary>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">
    /// The data base cannot be reached or lacks the tables, the folder is held by another worker, a port is taken, or an option cannot
    /// be used; the message says what to do.
    /// </exception>
    public static async Task<ClusterHost> StartAsync(ClusterHostOptions options, CancellationToken cancellationToken = default)
    {
        options.Check();
        await new PostgresDatabase(options.Cluster).CheckAsync(cancellationToken);
        var advertised = await AdvertisedAddress.ResolveAsync(options.AdvertisedAddress, cancellationToken);
        if (options.Devices.Count > 0 && options.ExchangeSecret.Length == 0 && !IPAddress.IsLoopback(advertised))
        {
            throw new PoaException(
                ErrorCodes.InvalidArgument,
                $"Whoever reaches {advertised} could join the runs of worker {options.Name}: no secret for exchanges is given.",
                $"Set {ClusterHostSettings.ExchangeSecretVariable}, the same on all workers, or {ClusterHostSettings.ExchangeSecretVariable}{SecretVariables.FileSuffix} to a file with it.");
        }

        // What is only reached from this machine is only opened on it.
        var listen = IPAddress.IsLoopback(advertised) ? advertised : IPAddress.Any;
        var home = Path.GetFullPath(options.Home);
        var held = options.Devices.Count > 0 ? HomeLock.Take(home) : null;
        IHost? host = null;
        LivenessListener? liveness = null;
        HealthEndpoint? health = null;
        try
        {
            liveness = LivenessListener.Open(listen, options.LivenessPort);
            var (siloPort, gatewayPort) = Ports.Choose(listen, options.SiloPort, options.IsControl ? options.GatewayPort : null);
            if (!options.IsControl)
            {
                gatewayPort = 0; // no clients
            }

            host = Build(options, home, liveness.Port, new EndpointOptions
            {
                AdvertisedIPAddress = advertised,
                SiloPort = siloPort,
                GatewayPort = gatewayPort,
                SiloListeningEndpoint = new IPEndPoint(listen, siloPort),
                GatewayListeningEndpoint = gatewayPort == 0 ? null : new IPEndPoint(listen, gatewayPort),
            });
            health = options.HealthPort is { } port ? await HealthEndpoint.StartAsync(listen, port, host.Services, cancellationToken) : null;
            await host.StartAsync(cancellationToken);
            return new ClusterHost(
                host, held, liveness, health, new IPEndPoint(advertised, siloPort), gatewayPort == 0 ? null : new IPEndPoint(advertised, gatewayPort));
        }
        catch (Exception e)
        {
            if (health is not null)
            {
                await health.DisposeAsync();
            }

            if (host is not null)
            {
                await SiloParts.DisposeAsync(host);
            }

            liveness?.Dispose();
            held?.Dispose();
            throw DatabaseFaults.Translate(e, options.Cluster) ?? e;
        }
    }

    /// <summary>
    /// Leaves the cluster in good order: it is no longer ready, running work writes a checkpoint within
    /// <see cref="PoaActorsOptions.DrainTimeout"/>, grains move to other silos.
    /// </summary>
    /// <param name="cancellationToken">Stops at once, without waiting for checkpoints.</param>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        _health?.Drain();
        try
        {
            await _host.StopAsync(cancellationToken);
        }
        finally
        {
            if (_health is not null)
            {
                await _health.DisposeAsync();
            }

            await SiloParts.DisposeAsync(_host);
            _liveness.Dispose();
            _lock?.Dispose();
        }
    }

    /// <summary>Signalled when the silo stops, also when it does so by itself.</summary>
    public CancellationToken Stopping => _host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private static IHost Build(ClusterHostOptions options, string home, int livenessPort, EndpointOptions endpoints) => new SiloParts
    {
        Invariant = PostgresDatabase.Invariant,
        ConnectionString = options.Cluster.ConnectionString,
        BlobStore = options.BlobStore,
        Worker = options.Devices.Count == 0
            ? null
            : new WorkerOptions
            {
                Home = home,
                Devices = options.Devices,
                Threads = options.Threads,
                DataRoots = options.DataRoots,
                ExchangeHost = endpoints.AdvertisedIPAddress!.ToString(),
                ExchangePort = options.ExchangePort ?? 0,
                ExchangeSecret = options.ExchangeSecret,
                ExchangeSilence = options.ExchangeSilence ?? ExchangeTimings.Default.Silence,
                Transport = options.Transport,
                ExchangeTls = options.Cluster.Tls is { } own ? new ExchangeTls(own.Certificate, own.FaultOf) : null,
            },
        Actors = actors =>
        {
            actors.Role = options.Role;
            actors.WorkerId = options.Name;
            actors.LivenessPort = livenessPort;
            options.Actors?.Invoke(actors);
        },
        Configure = options.Configure,
    }.Build(silo =>
    {
        silo.UseAdoNetClustering(clustering =>
            (clustering.Invariant, clustering.ConnectionString) = (PostgresDatabase.Invariant, options.Cluster.ConnectionString));
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.Cluster.ClusterId, options.Cluster.ServiceId));
        silo.Configure<SiloOptions>(self => self.SiloName = options.Name);
        silo.Configure<ClusterMembershipOptions>(options.Timings.Apply);
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = options.Timings.CallTimeout);
        if (options.Cluster.Tls is { } tls)
        {
            silo.UseTls(tls.Apply);
        }

        silo.Configure<EndpointOptions>(own =>
        {
            (own.AdvertisedIPAddress, own.SiloPort, own.GatewayPort) = (endpoints.AdvertisedIPAddress, endpoints.SiloPort, endpoints.GatewayPort);
            (own.SiloListeningEndpoint, own.GatewayListeningEndpoint) = (endpoints.SiloListeningEndpoint, endpoints.GatewayListeningEndpoint);
        });
    });
}
