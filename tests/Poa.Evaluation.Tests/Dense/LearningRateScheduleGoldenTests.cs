using System.Text.Json;
using Poa.Evaluation.Dense.Optimisation;
using Poa.Testing;

namespace Poa.Evaluation.Tests.Dense;

/// <summary>Learning rates at sampled steps; tolerance relative 1e-9 as in the manifest.</summary>
[Trait("Category", Golden.Trait)]
public sealed class LearningRateScheduleGoldenTests
{
    private const double Tolerance = 1e-9;

    [Fact]
    public void At_PolyCases_AgreesWithTheReference()
    {
        foreach (var one in Cases("poly"))
        {
            var schedule = new PolySchedule
            {
                Iterations = one.GetProperty("max_iters").GetInt64(),
                Power = one.GetProperty("power").GetDouble(),
                MinimumRate = one.GetProperty("min_lr").GetDouble(),
                WarmupIterations = one.GetProperty("warmup_iters").GetInt64(),
                WarmupRatio = one.GetProperty("warmup_ratio").GetDouble(),
            };
            foreach (var (iteration, rate) in one.GetProperty("iters").EnumerateArray().Zip(one.GetProperty("lr").EnumerateArray()))
            {
                AssertRate(rate.GetDouble(), schedule.At(one.GetProperty("group_lr").GetDouble(), iteration.GetInt64()), iteration.GetInt64());
            }
        }
    }

    [Fact]
    public void At_StepCases_AgreesWithTheReference()
    {
        foreach (var one in Cases("step"))
        {
            var schedule = new StepSchedule
            {
                Epochs = [.. one.GetProperty("steps").EnumerateArray().Select(e => e.GetInt32())],
                IterationsPerEpoch = one.GetProperty("iters_per_epoch").GetInt64(),
                Gamma = one.GetProperty("gamma").GetDouble(),
                WarmupIterations = one.GetProperty("warmup_iters").GetInt64(),
                WarmupRatio = one.GetProperty("warmup_ratio").GetDouble(),
            };
            var groupRate = one.GetProperty("base_lr").GetDouble() * one.GetProperty("layer_scale").GetDouble();
            foreach (var point in one.GetProperty("epoch_iter_lr").EnumerateArray())
            {
                AssertRate(point[2].GetDouble(), schedule.At(groupRate, point[1].GetInt64()), point[1].GetInt64());
            }
        }
    }

    private static JsonElement[] Cases(string kind)
    {
        JsonElement[] cases = [.. GoldenDownstream.Json("schedules/lr_schedules.json").GetProperty(kind).EnumerateArray()];
        Assert.NotEmpty(cases);
        return cases;
    }

    private static void AssertRate(double expected, double actual, long iteration) =>
        Assert.True(Math.Abs(actual - expected) <= Tolerance * Math.Abs(expected), $"Step {iteration}: {actual:R} instead of {expected:R}.");
}
