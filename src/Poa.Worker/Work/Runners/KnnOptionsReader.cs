using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Evaluation.Classification.Knn;

namespace Poa.Worker.Work.Runners;

/// <summary>Options of a k-NN evaluation: those of the work item over those of the run's configuration.</summary>
internal static class KnnOptionsReader
{
    internal static OptionTable<KnnEvaluationOptions> Table { get; } = new OptionTable<KnnEvaluationOptions>(Benchmarks.Knn)
        .AddList("neighbours", "whole numbers of at least 1 with commas between, such as 10,20", OptionTable<int>.Count, (o, ks) => o with { Classifier = o.Classifier with { Ks = ks } })
        .AddNumber("temperature", "a number above 0", (o, value) => o with { Classifier = o.Classifier with { Temperature = value } })
        .AddInteger("batch_size", 1, (o, value) => o with { BatchSize = value })
        .AddInteger("image_size", 1, (o, value) => o with { CropSize = value })
        .AddInteger("resize_size", 1, (o, value) => o with { ResizeSize = value })
        .AddFlag("allow_unreadable", (o, value) => o with { AllowUnreadable = value });

    /// <exception cref="PoaException">An option is unknown or its value cannot be used; both are named.</exception>
    public static KnnEvaluationOptions Read(EvaluationWork work, PoaConfiguration configuration) => Table.Read(
        KnnEvaluationOptions.From(configuration) with { LoaderThreads = EvaluationRun.LoaderThreads }, work.Options, options => options.Classifier.Validate());
}
