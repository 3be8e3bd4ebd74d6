using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Poa.Actors.Abstractions;
using Poa.Worker.Execution;
using Poa.Worker.Work;

namespace Poa.Worker;

/// <summary>Registers the worker in a host's services.</summary>
public static class WorkerServices
{
    /// <summary>
    /// Adds <see cref="IWorkExecutor"/>, which trains, extracts and evaluates on this process's devices. The host registers the
    /// <see cref="Storage.IBlobStore"/> that checkpoints and results go to.
    /// </summary>
    public static IServiceCollection AddPoaWorker(this IServiceCollection services, WorkerOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<IWorkHandler, TrainingHandler>();
        services.AddSingleton<IWorkHandler, ExtractionHandler>();
        services.AddSingleton<IWorkHandler, EvaluationHandler>();
        services.AddSingleton<IWorkExecutor, WorkExecutor>();
        return services;
    }
}
