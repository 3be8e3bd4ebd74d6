using System.Text.Json;
using Poa.Testing;

namespace Poa.Elastic.Tests;

/// <summary>Against schedules.json, rtol 1e-12.</summary>
[Trait("Category", Golden.Trait)]
public sealed class GoldenScheduleTests
{
    private static readonly JsonElement Schedules = Golden.Json("schedules.json");

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Schedules.GetProperty("cases").GetArrayLength())];

    public static TheoryData<int> RawCases => [.. Enumerable.Range(0, Schedules.GetProperty("raw_cosine_scheduler").GetArrayLength())];

    [Theory]
    [MemberData(nameof(Cases))]
    public void TrainingSchedules_GoldenConfiguration_FollowTheReference(int index)
    {
        var expected = Schedules.GetProperty("cases")[index];
        var schedules = new TrainingSchedules(ConfigurationOf(expected.GetProperty("config")));

        Assert.Equal(expected.GetProperty("total_iters").GetInt64(), schedules.TotalIterations);
        AssertClose(expected.GetProperty("lr"), schedules.LearningRate);
        AssertClose(expected.GetProperty("last_layer_lr"), schedules.LastLayerLearningRate);
        AssertClose(expected.GetProperty("weight_decay"), schedules.WeightDecay);
        AssertClose(expected.GetProperty("teacher_momentum"), schedules.TeacherMomentum);
        AssertClose(expected.GetProperty("teacher_temp"), schedules.TeacherTemperature);
    }

    [Theory]
    [MemberData(nameof(RawCases))]
    public void CosineSchedule_GoldenArguments_FollowTheReference(int index)
    {
        var expected = Schedules.GetProperty("raw_cosine_scheduler")[index];
        var arguments = expected.GetProperty("args");
        double Real(string name, double otherwise) => arguments.TryGetProperty(name, out var value) ? value.GetDouble() : otherwise;
        long Count(string name) => arguments.TryGetProperty(name, out var value) ? value.GetInt64() : 0;
        var schedule = new CosineSchedule(
            Real("base_value", double.NaN),
            Real("final_value", double.NaN),
            Count("total_iters"),
            Count("warmup_iters"),
            Real("start_warmup_value", 0),
            Count("freeze_iters"),
            Real("iter_num_scale", 1));

        AssertClose(expected.GetProperty("values"), schedule.At);
    }

    /// <summary>The golden settings give the learning rate after scaling, so it is set directly.</summary>
    private static PoaConfiguration ConfigurationOf(JsonElement config)
    {
        var overrides = from section in config.EnumerateObject()
                        from key in section.Value.EnumerateObject()
                        select $"{section.Name}.{key.Name}={key.Value.GetRawText()}";
        return PoaConfiguration.Load([], [.. overrides, "optim.scaling_rule=none"]);
    }

    private static void AssertClose(JsonElement expected, Func<long, double> schedule)
    {
        Assert.NotEqual(0, expected.GetArrayLength());
        var iteration = 0L;
        foreach (var value in expected.EnumerateArray())
        {
            Assert.Equal(value.GetDouble(), schedule(iteration), 1e-12 * Math.Abs(value.GetDouble()));
            iteration++;
        }
    }
}
