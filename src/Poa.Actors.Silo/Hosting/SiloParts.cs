using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Dashboard;
using Poa.Storage;
using Poa.Worker;

namespace Poa.Actors.Silo;

/// <summary>What every silo of this project is made of, embedded or in a cluster; only how silos find each other differs.</summary>
internal sealed record SiloParts
{
    // What a stop may take beyond the time in which work is put down.
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(30);

    /// <summary>The name under which Orleans' ADO.NET providers know the data base.</summary>
    public required string Invariant { get; init; }

    /// <summary>How to open the data base.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Where blobs are, for <see cref="BlobStoreFactory"/>; secrets come from the environment.</summary>
    public required string BlobStore { get; init; }

    /// <summary>The worker; null for a silo that only keeps the books, which then never loads the tensor library.</summary>
    public WorkerOptions? Worker { get; init; }

    /// <summary>Sets times, limits and role of the control plane.</summary>
    public required Action<PoaActorsOptions> Actors { get; init; }

    /// <summary>Adds logging, telemetry and services of the caller. Runs last.</summary>
    public Action<IHostApplicationBuilder>? Configure { get; init; }

    /// <summary>Makes the host.</summary>
    /// <param name="clustering">Says how silos find each other and where this one listens.</param>
    public IHost Build(Action<ISiloBuilder> clustering)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var drain = TimeSpan.Zero;
        builder.UseOrleans(silo =>
        {
            clustering(silo);
            silo.AddActivityPropagation();
            silo.Configure<SiloMessagingOptions>(messaging => messaging.CancelRequestOnTimeout = true);
            if (Invariant == SqliteDatabase.Invariant)
            {
                silo.AddSqliteGrainStorage(ConnectionString);
            }
            else
            {
                silo.AddAdoNetGrainStorage(StorageNames.Provider, storage => (storage.Invariant, storage.ConnectionString) = (Invariant, ConnectionString));
            }

            silo.UseAdoNetReminderService(reminders => (reminders.Invariant, reminders.ConnectionString) = (Invariant, ConnectionString));
            silo.AddDashboard(orleans => orleans.HideTrace = true);
            silo.AddPoaActors(actors =>
            {
                actors.BlobStore = BlobStore;
                Actors(actors);
                drain = actors.DrainTimeout;
            });
        });
        builder.Services.AddSingleton(_ => BlobStoreFactory.Open(BlobStore, SecretVariables.Read));
        if (Worker is not null)
        {
            builder.Services.AddPoaWorker(Worker);
        }

        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = drain + StopMargin);
        Configure?.Invoke(builder);
        return builder.Build();
    }

    /// <summary>Disposes a host.</summary>
    public static async Task DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
        else
        {
            host.Dispose();
        }
    }
}
