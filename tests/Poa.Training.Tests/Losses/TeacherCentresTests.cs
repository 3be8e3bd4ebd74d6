using Poa.Training.Losses;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Training.Tests.Losses;

public sealed class TeacherCentresTests
{
    [Fact]
    public void Discard_AfterTargets_LeavesNoTrace()
    {
        using var scope = NewDisposeScope();
        using var centres = new TeacherCentres([4], CPU);
        centres.Propose(0, full([1, 4], float.NaN));
        centres.Discard();
        Assert.False(centres.HasBatchMean);
        var after = centres.Targets(0, arange(12, ScalarType.Float32).view(3, 4), 0.07);
        Assert.True(after.isfinite().all().item<bool>());
    }
}
