using Poa.Elastic;
using Poa.Training.Session;
using Xunit;

namespace Poa.Training.Tests.Session;

public sealed class StepHealthTests
{
    private const float Fair = 0.5f, Even = 0.9995f, Decided = 0.005f;

    private static readonly (bool, float)[] Settled = [.. Enumerable.Repeat((true, Fair), 4)];

    private static readonly GuardOptions Guard = new() { SkippedSteps = 3, CollapsedSteps = 4 };

    [Fact]
    public void Judge_StepsSkippedInARow_IsTheirNumberAndWhereTheyBegan()
    {
        var health = After(StepHealth.Untrained, (true, Fair), (false, float.NaN), (false, float.NaN));
        Assert.Equal((2, false), (health.SkippedInARow, health.IsGood));
        Assert.Null(health.Judge(12, float.NaN, Guard));

        health = After(health, (false, float.NaN));
        Assert.Equal(new Divergence(DivergenceKind.NotFinite, 11, 13, float.NaN), health.Judge(13, float.NaN, Guard));
    }

    [Fact]
    public void After_AStepWithEffect_BeginsAnew()
    {
        var health = After(StepHealth.Untrained, (false, Fair), (false, Fair), (true, Fair));
        Assert.True(health.IsGood);
        Assert.Null(After(health, (false, Fair), (false, Fair)).Judge(4, Fair, Guard));
    }

    [Theory]
    [InlineData(Even)]
    [InlineData(Decided)]
    public void Judge_EntropyLeavesItsBounds_IsACollapse(float entropy)
    {
        var health = After(StepHealth.Untrained, [.. Settled, (true, entropy), (true, entropy), (true, entropy)]);
        Assert.False(health.IsGood);
        Assert.Null(health.Judge(6, entropy, Guard));

        Assert.Equal(new Divergence(DivergenceKind.Collapsed, 4, 7, entropy), After(health, (true, entropy)).Judge(7, entropy, Guard));

        // One good step ends the stretch, not what is known of the run.
        var again = After(health, (true, Fair));
        Assert.True(again.IsGood);
        Assert.Equal(4, After(again, (true, entropy), (true, entropy), (true, entropy), (true, entropy)).CollapsedInARow);
    }

    [Fact]
    public void After_EntropyThatWasNeverWithinBounds_IsNoCollapse()
    {
        var health = After(StepHealth.Untrained, [.. Enumerable.Repeat((true, Even), 50)]);
        Assert.True(health.IsGood);
        Assert.Null(health.Judge(49, Even, Guard));
    }

    [Fact]
    public void After_EntropyThatWasWithinBoundsForFewSteps_IsNoCollapse()
    {
        // As with centres that have not followed the teacher yet.
        var health = After(StepHealth.Untrained, [(true, Fair), (true, Fair), (true, Fair), .. Enumerable.Repeat((true, Even), 50)]);
        Assert.True(health.IsGood);
    }

    [Fact]
    public void After_SkippedStepsAmongCollapsedOnes_SayNothingAboutTheTargets()
    {
        var health = After(StepHealth.Untrained, [.. Settled, (true, Even), (true, Even), (false, float.NaN), (true, Even), (true, Even)]);
        Assert.Equal(DivergenceKind.Collapsed, health.Judge(8, Even, Guard)?.Kind);
    }

    [Fact]
    public void Judge_SwitchedOff_NeverRollsBack()
    {
        var off = new GuardOptions { SkippedSteps = 0, CollapsedSteps = 0 };
        Assert.Null(After(StepHealth.Untrained, [.. Enumerable.Repeat((false, Fair), 1000)]).Judge(999, Fair, off));
        Assert.Null(Enumerable.Repeat((true, Even), 1000).Prepend((true, Fair)).Aggregate(StepHealth.Untrained, (before, step) => before.After(step.Item1, step.Item2, off)).Judge(1000, Even, off));
    }

    private static StepHealth After(StepHealth health, params (bool Applied, float Entropy)[] steps) =>
        steps.Aggregate(health, (before, step) => before.After(step.Applied, step.Entropy, Guard));
}
