namespace Poa.Elastic.Tests.Search;

public sealed class EstimateTests
{
    [Theory]
    [InlineData(80, 1, 80)]
    [InlineData(80, 1, 82.5)]
    [InlineData(80, 1, 76)]
    [InlineData(-3, 0.2, -2.9)]
    public void ExpectedImprovement_AgreesWithTheIntegral(double mean, double deviation, double best)
    {
        const int Steps = 200_000;
        var sum = 0.0;
        for (var i = 0; i < Steps; i++)
        {
            var z = -10 + (20 * (i + 0.5) / Steps);
            sum += Math.Max(0, mean + (deviation * z) - best) * Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) * 20 / Steps;
        }

        Assert.Equal(sum, new Estimate(mean, deviation).ExpectedImprovementOver(best), 1e-6);
    }

    [Fact]
    public void ChanceOfAtMost_ByTheNormalDistribution()
    {
        var estimate = new Estimate(10, 2);

        Assert.Equal(0.5, estimate.ChanceOfAtMost(10), 1e-12);
        Assert.Equal(0.841344746, estimate.ChanceOfAtMost(12), 1e-8);
    }

    [Fact]
    public void Prediction_HoldsItsShareOfTheDistribution_InAnyUnit()
    {
        var estimate = new Estimate(1, 0.5);
        var plain = estimate.In(value => value);
        var (falling, exponential) = (estimate.In(value => -value), estimate.In(Math.Exp));

        Assert.Equal(Prediction.Confidence, estimate.ChanceOfAtMost(plain.High) - estimate.ChanceOfAtMost(plain.Low), 1e-12);
        Assert.Equal(1, plain.Value);
        Assert.Equal((-plain.High, -1, -plain.Low), (falling.Low, falling.Value, falling.High));
        Assert.Equal((Math.Exp(plain.Low), Math.E, Math.Exp(plain.High)), (exponential.Low, exponential.Value, exponential.High));
    }
}
