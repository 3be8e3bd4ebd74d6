using Poa.Actors.Abstractions;
using Poa.Data.Datasets;

namespace Poa.Cli.Running;

/// <summary>Chooses the images of an evaluation.</summary>
internal static class EvaluationImages
{
    /// <param name="runData">Data specification of the run.</param>
    /// <param name="train">Given specification of labelled images, or null.</param>
    /// <param name="test">Given specification of held-out images, or null.</param>
    /// <exception cref="CliException">Something is not given and the run's data has no held-out part.</exception>
    /// <exception cref="DatasetException">A given specification is wrong.</exception>
    public static EvaluationData Choose(string runData, string? train, string? test)
    {
        var own = DataSpecification.Parse(runData);
        var labelled = train is null ? own : RunPlan.Absolute(DataSpecification.Parse(train));
        var heldOut = test is not null ? RunPlan.Absolute(DataSpecification.Parse(test)) : labelled.Kind switch
        {
            DatasetKind.Demo or DatasetKind.FashionMnist => labelled with { Split = "test" },
            DatasetKind.ImageNet => labelled with { Split = "val" },
            _ => throw new CliException(
                $"The folder {labelled.Path} has no held-out part to evaluate on.",
                "Give labelled and held-out images: --train-data FOLDER --test-data FOLDER", ExitCodes.Usage),
        };
        return new EvaluationData(labelled.ToString(), heldOut.ToString());
    }
}
