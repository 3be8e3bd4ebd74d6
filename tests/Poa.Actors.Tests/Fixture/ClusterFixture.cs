using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;
using Poa.Actors.Abstractions;
using Poa.Actors.Tests;

[assembly: AssemblyFixture(typeof(ClusterFixture))]

namespace Poa.Actors.Tests;

/// <summary>
/// A cluster of one silo whose worker is <see cref="FakeExecutor"/>. There is one device, so tests that put work on it run one after
/// the other (they are in one collection) and leave it free.
/// </summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    private InProcessTestCluster _cluster = null!;

    public FakeExecutor Executor { get; } = new();

    public FakeInspector Inspector { get; } = new();

    public SharedStorage Storage { get; } = new();

    public IClusterClient Client => _cluster.Client;

    public InProcessTestCluster Cluster => _cluster;

    public async ValueTask InitializeAsync()
    {
        _cluster = Build(1, _ => Executor, _ => "local", Storage, Inspector);
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        if (Directory.Exists(Blobs))
        {
            Directory.Delete(Blobs, recursive: true);
        }
    }

    /// <summary>A new run, on which the worker works.</summary>
    public async Task<(ITrainingRunGrain Run, FakeWork Work)> StartedAsync(int priority = WorkPriority.Default)
    {
        var specification = Specifications.Run() with { Priority = priority };
        var run = Client.GetGrain<ITrainingRunGrain>(specification.RunId);
        await run.CreateAsync(specification);
        await run.StartAsync();
        return (run, await Executor.TrainingAsync(specification.RunId));
    }

    /// <summary>Waits until the scheduler has no work left.</summary>
    public Task DeviceFreeAsync() =>
        Wait.ForAsync(() => Client.GetGrain<ISchedulerGrain>(0).GetSnapshotAsync(), s => s.Work.IsEmpty, "the scheduler has no work left");

    /// <summary>Folder of the blob store.</summary>
    public static string Blobs { get; } = Path.Combine(Path.GetTempPath(), $"poa-blobs-{Environment.ProcessId}");

    /// <summary>A cluster with short times.</summary>
    public static InProcessTestCluster Build(
        short silos,
        Func<string, FakeExecutor> executorOf,
        Func<string, string> workerOf,
        SharedStorage storage,
        FakeInspector? inspector = null,
        Func<string, TimeProvider>? clockOf = null,
        Action<PoaActorsOptions>? change = null)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((options, silo) =>
        {
            silo.Services.AddKeyedSingleton<IGrainStorage>(StorageNames.Provider, storage);
            silo.UseInMemoryReminderService();
            if (clockOf is not null)
            {
                silo.Services.AddSingleton(clockOf(options.SiloName));
            }

            silo.AddPoaActors(actors =>
            {
                actors.WorkerId = workerOf(options.SiloName);
                actors.BlobStore = $"folder:{Blobs}";
                actors.HeartbeatInterval = TimeSpan.FromMilliseconds(100);
                actors.LeaseTimeout = TimeSpan.FromSeconds(3);
                actors.TickInterval = TimeSpan.FromMilliseconds(50);
                actors.ProgressSaveInterval = TimeSpan.FromMilliseconds(200);
                actors.ShowInterval = TimeSpan.Zero;
                actors.LostShardListing = TimeSpan.FromSeconds(3);
                actors.WatchInterval = TimeSpan.FromMilliseconds(5);
                actors.RetryDelay = TimeSpan.FromMilliseconds(20);
                actors.DrainTimeout = TimeSpan.FromSeconds(10);
                actors.MaxRunRetries = 2;
                actors.EventLimit = 50;
                change?.Invoke(actors);
            });
            silo.Services.AddSingleton<IWorkExecutor>(executorOf(options.SiloName));
            silo.Services.AddSingleton<IDataInspector>(inspector ?? new FakeInspector());
        });
        return builder.Build();
    }
}

/// <summary>Tests that share the one device.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneDevice
{
    public const string Name = "one device";
}
