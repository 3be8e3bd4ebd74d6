using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Storage;

namespace Poa.Actors;

/// <summary>Adds the grains of this project to a silo.</summary>
public static class PoaActorsSiloExtensions
{
    /// <summary>
    /// Adds what the grains need: options, placement, serializer of grain state, and the service that wakes worker shards. The host
    /// adds grain storage under <see cref="StorageNames.Provider"/>, a reminder service and, on worker silos, an
    /// <see cref="IWorkExecutor"/>.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="configure">Sets the options.</param>
    public static ISiloBuilder AddPoaActors(this ISiloBuilder silo, Action<PoaActorsOptions> configure)
    {
        var options = new PoaActorsOptions();
        configure(options);
        silo.UseSiloMetadata(SiloRoles.Metadata(options));
        silo.Services.Configure(configure);
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddKeyedSingleton<IGrainStorageSerializer, GrainJson>(StorageNames.Provider);
        silo.Services.AddSingleton<WorkerLife>();
        silo.Services.AddSingleton(provider => new MachineVitals(provider.GetRequiredService<TimeProvider>()));
        silo.Services.AddSingleton(provider => new SiloStart(provider.GetRequiredService<TimeProvider>().GetUtcNow()));
        silo.Services.AddPlacementFilter<WorkerPlacementFilterStrategy, WorkerPlacementFilterDirector>(ServiceLifetime.Transient);
        silo.Services.AddPlacementFilter<ControlPlacementFilterStrategy, ControlPlacementFilterDirector>(ServiceLifetime.Transient);
        silo.Services.AddSingleton<IHostedService, WorkerShardService>();
        silo.AddGrainService<LivenessService>();
        if (options is { LivenessPort: not null, Role: not SiloRole.Worker })
        {
            // Control silos watch all; among hundreds of workers each need not watch each.
            silo.Services.AddSingleton<LivenessServiceClient>();
            silo.Services.AddSingleton<IHostedService, SiloFailureDetector>();
        }

        return silo;
    }
}
