namespace Poa.Actors;

/// <summary>Addresses of the grains that exist once, and of owners of work.</summary>
internal static class GrainFactoryExtensions
{
    /// <summary>The scheduler.</summary>
    public static ISchedulerGrain Scheduler(this IGrainFactory grains) => grains.GetGrain<ISchedulerGrain>(0);

    /// <summary>The index of runs.</summary>
    public static IRunCatalogGrain Catalog(this IGrainFactory grains) => grains.GetGrain<IRunCatalogGrain>(0);

    /// <summary>The index of sweeps.</summary>
    public static ISweepCatalogGrain SweepCatalog(this IGrainFactory grains) => grains.GetGrain<ISweepCatalogGrain>(0);

    /// <summary>The index of searches.</summary>
    public static ISearchCatalogGrain SearchCatalog(this IGrainFactory grains) => grains.GetGrain<ISearchCatalogGrain>(0);

    /// <summary>The index of ablations.</summary>
    public static IAblationCatalogGrain AblationCatalog(this IGrainFactory grains) => grains.GetGrain<IAblationCatalogGrain>(0);

    /// <summary>The grain that owns work.</summary>
    public static IWorkOwner Owner(this IGrainFactory grains, WorkOwner owner) => owner.Kind switch
    {
        WorkOwnerKind.TrainingRun => grains.GetGrain<ITrainingRunGrain>(owner.Key),
        WorkOwnerKind.Extraction => grains.GetGrain<IExtractionJobGrain>(owner.Key),
        WorkOwnerKind.Calibration => grains.GetGrain<ICalibrationGrain>(owner.Key),
        WorkOwnerKind.Sweep => grains.GetGrain<IEvaluationSweepGrain>(owner.Key),
        _ => throw new NotSupportedException($"Work of the kind {owner.Kind} has no owner grain."),
    };
}
