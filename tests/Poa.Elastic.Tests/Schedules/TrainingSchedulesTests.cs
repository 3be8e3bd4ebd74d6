namespace Poa.Elastic.Tests;

public sealed class TrainingSchedulesTests
{
    [Theory]
    [InlineData(50, 32, 0.004 * 1.25)] // sqrt(1600 / 1024)
    [InlineData(64, 1, 0.001)]
    public void PeakLearningRate_SquareRootRule_ScalesWithTheTotalBatch(int batch, int shards, double expected)
    {
        var configuration = PoaConfiguration.Load([], [$"train.batch_size_per_gpu={batch}"]);
        Assert.Equal(expected, new TrainingSchedules(configuration, shards).PeakLearningRate, 1e-15);
    }

    [Fact]
    public void PeakLearningRate_NoRule_IsTheOneGiven()
    {
        var configuration = PoaConfiguration.Load([], ["optim.scaling_rule=none", "optim.lr=0.0007"]);
        Assert.Equal(0.0007, new TrainingSchedules(configuration, shards: 8).PeakLearningRate);
    }

    [Fact]
    public void CosineSchedule_WarmupLongerThanTheRun_Throws() =>
        Assert.Throws<ArgumentException>(() => new CosineSchedule(1, 0, totalIterations: 10, warmupIterations: 8, freezeIterations: 3));
}
