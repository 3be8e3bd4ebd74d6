using Microsoft.Extensions.DependencyInjection;
using Poa.Actors.Abstractions;
using Poa.Actors.Database;
using Poa.Actors.Tests;
using Poa.Testing;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Poa.Actors.Silo.Tests.Cluster;

/// <summary>Silos of one cluster within this process, on a real PostgreSQL with a data base of its own; workers are <see cref="FakeExecutor"/>s.</summary>
public sealed class SmallCluster : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("poa-cluster-").FullName;
    private readonly List<ClusterHost> _hosts = [];

    private SmallCluster(ClusterAddress address) => Address = address;

    public ClusterAddress Address { get; }

    public static async Task<SmallCluster> CreateAsync(PostgresServer server)
    {
        var address = ClusterAddress.Parse(await server.NewDatabaseAsync());
        await new PostgresDatabase(address).InitAsync();
        return new SmallCluster(address);
    }

    public ClusterHostOptions Options(string name, SiloRole role, IWorkExecutor? executor = null) => new()
    {
        Cluster = Address,
        BlobStore = Path.Combine(_folder, "blobs"),
        Home = Path.Combine(_folder, name),
        Name = name,
        Role = role,
        AdvertisedAddress = "127.0.0.1",
        SiloPort = null,
        GatewayPort = null,
        Devices = role == SiloRole.Control ? [] : ["cpu"],
        Actors = actors =>
        {
            actors.HeartbeatInterval = TimeSpan.FromMilliseconds(100);
            actors.TickInterval = TimeSpan.FromMilliseconds(100);
            actors.RetryDelay = TimeSpan.FromMilliseconds(20);
        },
        Configure = builder =>
        {
            if (executor is not null)
            {
                builder.Services.AddSingleton(executor);
            }
        },
    };

    public Task<ClusterHost> ControlAsync(string name) => StartAsync(Options(name, SiloRole.Control));

    public Task<ClusterHost> WorkerAsync(string name, FakeExecutor executor) => StartAsync(Options(name, SiloRole.Worker, executor));

    public async Task<ClusterHost> StartAsync(ClusterHostOptions options)
    {
        var host = await ClusterHost.StartAsync(options);
        _hosts.Add(host);
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        // At once: what a test leaves running is nobody's business any more.
        await Task.WhenAll(_hosts.Select(host => host.StopAsync(new CancellationToken(canceled: true))));
        Directory.Delete(_folder, recursive: true);
    }
}
