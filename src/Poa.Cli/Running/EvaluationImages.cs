using Poa.Actors.Abstractions;
using Poa.Data.Datasets;

namespace Poa.Cli.Running;

/// <summary>Chooses the images of an evaluation.</summary>
internal static class EvaluationImages
{
    /// <param name="benchmark">What they are for.</param>
    /// <param name="runData">Data specification of the run.</param>
    /// <param name="train">Given specification of the images to learn from, or null.</param>
    /// <param name="test">Given specification of held-out images, or null.</param>
    /// <exception cref="CliException">Something is not given and the run's data has no held-out part, or a set is not of the kind that the benchmark needs.</exception>
    /// <exception cref="DatasetException">A given specification is wrong.</exception>
    public static EvaluationData Choose(BenchmarkDescription benchmark, string runData, string? train, string? test)
    {
        if (!benchmark.NeedsImages)
        {
            return EvaluationData.None;
        }

        var own = DataSpecification.Parse(runData);
        var labelled = Require(benchmark, train is null ? own : RunPlan.Absolute(DataSpecification.Parse(train)));
        var heldOut = test is not null ? RunPlan.Absolute(DataSpecification.Parse(test)) : labelled switch
        {
            { Kind: DatasetKind.Demo or DatasetKind.FashionMnist } => labelled with { Split = "test" },
            { Kind: DatasetKind.ImageNet } => labelled with { Split = "val" },
            { Kind: DatasetKind.Coco, Images: null, Annotations: null } => labelled with { Split = "val" },
            { Kind: DatasetKind.Ade20k } => labelled with { Split = "validation" },
            _ => throw new CliException(
                $"The folder {labelled.Path} has no held-out part to evaluate on.",
                "Give labelled and held-out images: --train-data FOLDER --test-data FOLDER", ExitCodes.Usage),
        };
        return new EvaluationData(labelled.ToString(), Require(benchmark, heldOut).ToString());
    }

    private static DataSpecification Require(BenchmarkDescription benchmark, DataSpecification specification)
    {
        var kind = specification.Kind switch
        {
            DatasetKind.Coco => BenchmarkImages.Coco,
            DatasetKind.Ade20k => BenchmarkImages.Ade20k,
            _ => BenchmarkImages.Labelled,
        };
        return kind == benchmark.Images ? specification : throw new CliException(
            $"{benchmark.Name} needs {Needed(benchmark.Images)}; {specification} is no such set.",
            $"Give one: --train-data {Form(benchmark.Images, 0)} --test-data {Form(benchmark.Images, 1)}", ExitCodes.Usage);
    }

    private static string Needed(BenchmarkImages images) => images switch
    {
        BenchmarkImages.Coco => "images with boxes and masks",
        BenchmarkImages.Ade20k => "images with label maps",
        _ => "images with a class each",
    };

    private static string Form(BenchmarkImages images, int split) => images switch
    {
        BenchmarkImages.Coco => $"coco:FOLDER?split={(split == 0 ? "train" : "val")}",
        BenchmarkImages.Ade20k => $"ade20k:FOLDER?split={(split == 0 ? "training" : "validation")}",
        _ => "FOLDER",
    };
}
