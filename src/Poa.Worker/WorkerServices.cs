using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Poa.Actors.Abstractions;
using Poa.Worker.Data;
using Poa.Worker.Execution;
using Poa.Worker.Gangs;
using Poa.Worker.Work;
using Poa.Worker.Work.Runners;

namespace Poa.Worker;

/// <summary>Registers the worker in a host's services.</summary>
public static class WorkerServices
{
    /// <summary>
    /// Adds <see cref="IWorkExecutor"/>, which trains, extracts, evaluates and measures on this process's devices, and
    /// <see cref="IDataInspector"/>, which looks at its images beside that. The host registers the
    /// <see cref="Storage.IBlobStore"/> that checkpoints and results go to.
    /// </summary>
    public static IServiceCollection AddPoaWorker(this IServiceCollection services, WorkerOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        // At once, so that a data root that is no folder ends the start.
        services.AddSingleton(new DataAccess(options.DataRoots));
        services.AddSingleton(_ => new GangExchanges(options));
        services.AddSingleton<IWorkHandler, TrainingHandler>();
        services.AddSingleton<IWorkHandler, ExtractionHandler>();
        services.AddSingleton<IWorkHandler, EvaluationHandler>();
        services.AddSingleton<IBenchmarkRunner, KnnRunner>();
        services.AddSingleton<IBenchmarkRunner, PixelKnnRunner>();
        services.AddSingleton<IBenchmarkRunner, LinearRunner>();
        services.AddSingleton<IBenchmarkRunner, CocoRunner>();
        services.AddSingleton<IBenchmarkRunner, AdeRunner>();
        services.AddSingleton<IBenchmarkRunner, AttentionRunner>();
        services.AddSingleton<IWorkHandler, LatencyHandler>();
        services.AddSingleton<IWorkHandler, CalibrationHandler>();
        services.AddSingleton<IWorkExecutor, WorkExecutor>();
        services.AddSingleton<IDataInspector, DataInspector>();
        return services;
    }
}
