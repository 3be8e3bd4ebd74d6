using Poa.Training.Batching;
using Poa.Training.Step;
using Poa.Training.Tests.Session;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Training.Tests.Step;

[Collection(nameof(AloneCollection))]
public sealed class PoaModelTests
{
    [Fact]
    public void Dispose_AfterAStep_LeavesNoTensor()
    {
        UseAndDispose();
        var before = Tensor.TotalCount;
        var parameters = UseAndDispose();

        // A TorchSharp parameter takes over the handle of the tensor it is made from, which the count never learns of: one too many each.
        Assert.Equal(parameters, Tensor.TotalCount - before);
    }

    private static int UseAndDispose()
    {
        var configuration = TinyRun.Configuration();
        using var model = new PoaModel(configuration);
        using var source = new BatchSource(new NoiseImages(16), configuration);
        using var batch = source.Next();
        new TrainingStep(model).Run(batch, configuration.Grid().Smallest, new StepSchedule(1e-3, 1e-3, 0.04, 0.05, 0.9, true));
        return 2 * model.Optimisers.Sum(optimiser => optimiser.Parameters.Parameters.Count);
    }
}
