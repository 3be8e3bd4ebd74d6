using CsCheck;

namespace Poa.Elastic.Tests;

public sealed class BudgetChoiceTests
{
    private static readonly Gen<double> Figure = Gen.Frequency((5, Gen.Int[1, 8].Select(i => (double)i)), (1, Gen.Const(double.NaN)));

    private static readonly Gen<MeasuredSubNetwork[]> Candidates =
        Gen.Select(Gen.Long[1, 8], Gen.Long[1, 8], Figure, Figure).Array[0, 20]
            .Select(all => all.Select((c, i) => new MeasuredSubNetwork(new(i + 1, 1), c.Item1, c.Item2, c.Item3, c.Item4)).ToArray());

    private static readonly Gen<Budget> Budgets = Gen.Select(
        Gen.Long[1, 9].Nullable(), Gen.Long[1, 9].Nullable(), Gen.Int[1, 9].Select(i => (double)i).Nullable(),
        (parameters, operations, latency) => new Budget(parameters, operations, latency));

    private static MeasuredSubNetwork Cell(int width, long parameters, double metric, double latency = double.NaN) =>
        new(new(width, 2), parameters, parameters * 10, latency, metric);

    [Fact]
    public void BestUnder_AnyBudget_NoKnownCandidateWithinItIsBetter() => Gen.Select(Candidates, Budgets).Sample((candidates, budget) =>
    {
        var choice = BudgetChoice.BestUnder(candidates, budget);
        bool Within(MeasuredSubNetwork c) =>
            (budget.Parameters is not { } p || c.Parameters <= p) && (budget.MultiplyAccumulates is not { } m || c.MultiplyAccumulates <= m) &&
            (budget.LatencyMilliseconds is not { } l || c.LatencyMilliseconds <= l);
        var known = candidates.Where(c => Within(c) && !double.IsNaN(c.Metric)).ToList();

        Assert.Equal(known.Count, choice.Fitting.Length);
        Assert.Equal(known.Count == 0 ? double.NaN : known.Max(c => c.Metric), choice.Best?.Metric ?? double.NaN);
        Assert.All(choice.Unmeasured, c => Assert.True(double.IsNaN(c.Metric) || double.IsNaN(c.LatencyMilliseconds)));
        Assert.Empty(choice.Unmeasured.Intersect(choice.Fitting));
        // A figure that is missing can only hide a candidate that no known figure rules out.
        Assert.All(candidates.Except(choice.Unmeasured).Except(choice.Fitting), c => Assert.False(budget.Allows(c)));
    });

    [Fact]
    public void BestUnder_WiderBudget_IsNeverWorse() => Gen.Select(Candidates, Gen.Long[1, 8], Gen.Long[0, 4]).Sample((candidates, limit, more) =>
    {
        var narrow = BudgetChoice.BestUnder(candidates, new Budget(limit)).Best;
        var wide = BudgetChoice.BestUnder(candidates, new Budget(limit + more)).Best;

        Assert.True(narrow is null || wide!.Metric >= narrow.Metric);
    });

    [Fact]
    public void BestUnder_EquallyGood_TakesTheSmaller() =>
        Assert.Equal(32, BudgetChoice.BestUnder([Cell(48, 20, 80), Cell(32, 10, 80)], default).Best!.SubNetwork.Width);

    [Fact]
    public void BestUnder_LowerIsBetter_TakesTheLowest() =>
        Assert.Equal(48, BudgetChoice.BestUnder([Cell(32, 10, 3), Cell(48, 20, 1)], default, higherIsBetter: false).Best!.SubNetwork.Width);

    [Fact]
    public void BestUnder_NothingFits_SaysTheLeastBudget()
    {
        var choice = BudgetChoice.BestUnder([Cell(32, 10, 70, 2.5), Cell(48, 20, 80, 4)], new Budget(5, LatencyMilliseconds: 1));

        Assert.True(choice.NothingFits);
        Assert.Equal(new Budget(10, null, 2.5), choice.Least);
    }

    [Fact]
    public void BestUnder_LatencyNotMeasured_IsNotRuledOutButNoted()
    {
        var choice = BudgetChoice.BestUnder([Cell(32, 10, 70, 2), Cell(48, 20, 80)], new Budget(LatencyMilliseconds: 5));

        Assert.Equal(32, choice.Best!.SubNetwork.Width);
        Assert.Equal([48], choice.Unmeasured.Select(c => c.SubNetwork.Width));
        Assert.False(choice.NothingFits);
    }
}
