using System.Collections.Immutable;

namespace Poa.Elastic.Tests.Search;

public sealed class BudgetSearchTests
{
    private const int ImageSize = 224;
    private static readonly ISubNetworkGrid Grid = ConfigurationPresets.Load("vit-ee1200").Grid();
    private static readonly IReadOnlyDictionary<SubNetwork, SurfacePlace> Places = SurfacePlace.Of(Grid, cell => Grid.CostOf(cell, ImageSize).Parameters);

    public static TheoryData<string> Limits => ["parameters", "operations", "latency", "all", "none"];

    [Theory]
    [MemberData(nameof(Limits))]
    public void Search_AnyBudget_KeepsToItAndToItsEvaluationsAndComesNearTheBest(string limits)
    {
        var gaps = new List<double>();
        for (var trial = 0; trial < 4; trial++)
        {
            var (figures, latencies) = (RandomSurface.Of(Grid, Places, trial), Latencies(trial));
            var budget = BudgetOf(limits, trial, latencies);
            var search = new BudgetSearch(Grid, ImageSize, budget, higherIsBetter: true, evaluations: 14);
            var known = SearchKnowledge.None;
            SearchMove move;
            while (!(move = search.Next(known)).IsEnd)
            {
                Assert.NotEmpty(move.SubNetworks);
                Assert.Equal(move.SubNetworks.Length, move.SubNetworks.Distinct().Count());
                if (move.Step == SearchStep.Evaluate)
                {
                    Assert.All(move.SubNetworks, cell => Assert.True(budget.Allows(Measured(cell, known))));
                    Assert.DoesNotContain(move.SubNetworks, known.Metrics.ContainsKey);
                }
                else
                {
                    Assert.NotNull(budget.LatencyMilliseconds);
                    Assert.DoesNotContain(move.SubNetworks, known.Latencies.ContainsKey);
                }

                known = Learn(known, move, figures, latencies);
            }

            Assert.True(known.Evaluations <= 14);
            Assert.True(known.LatencyMeasurements <= 3 * 14);
            var whole = search.Choice(new SearchKnowledge { Metrics = figures.ToImmutableDictionary(), Latencies = latencies.ToImmutableDictionary() });
            gaps.Add(whole.Best!.Metric - search.Choice(known).Best!.Metric);
        }

        // A tenth of the grid; its figures spread over 5 points or more, with noise of up to 0.4.
        Assert.InRange(gaps.Average(), 0, 0.35);
    }

    [Fact]
    public void Next_NothingCanFit_SaysSoAtOnce() =>
        Assert.Equal(SearchStep.NothingFits, Search(new Budget(Parameters: 10), 5).Next(SearchKnowledge.None).Step);

    [Fact]
    public void Next_NoLatencyKeepsToTheLimit_EndsWithoutAnEvaluation()
    {
        var search = Search(new Budget(LatencyMilliseconds: 0.001), 5);
        var known = SearchKnowledge.None;
        SearchMove move;
        while (!(move = search.Next(known)).IsEnd)
        {
            Assert.Equal(SearchStep.MeasureLatency, move.Step);
            known = Learn(known, move, [], Latencies(0));
        }

        Assert.Equal(SearchStep.NothingFits, move.Step);
        // It need not look at all of them.
        Assert.InRange(known.LatencyMeasurements, 4, 15);
    }

    [Fact]
    public void Next_LatenciesSpentBeforeAllIsSettled_EndsWithSpentAndNotWithAllMeasured()
    {
        var search = Search(new Budget(LatencyMilliseconds: 1), 1);
        // All too slow by a little, so that those not measured may fit.
        var random = Randomness.For(4, RandomPurpose.Testing, 0, 0);
        var latencies = Grid.SubNetworks.ToDictionary(cell => cell, _ => random.Uniform(1.001, 1.1));
        var known = SearchKnowledge.None;
        SearchMove move;
        while ((move = search.Next(known)).Step == SearchStep.MeasureLatency)
        {
            known = Learn(known, move, [], latencies);
        }

        Assert.Equal((SearchStep.Spent, 4), (move.Step, known.LatencyMeasurements));
        Assert.Contains(search.Outlook(known), cell => cell.ChanceToFit is >= BudgetSearch.LeastChance and < 1);
    }

    [Fact]
    public void Next_LatenciesThatCannotBeMeasured_CountAgainstWhatIsAllowed()
    {
        var search = Search(new Budget(LatencyMilliseconds: 1), 2);
        var known = SearchKnowledge.None;
        SearchMove move;
        while ((move = search.Next(known)).Step == SearchStep.MeasureLatency)
        {
            known = known with { Failed = known.Failed.Union(move.SubNetworks), LatencyMeasurements = known.LatencyMeasurements + move.SubNetworks.Length };
        }

        Assert.Equal((SearchStep.Spent, 6), (move.Step, known.LatencyMeasurements));
    }

    [Fact]
    public void Next_EverythingWithinTheBudgetKnown_AsksForNothing()
    {
        var budget = new Budget(Parameters: Grid.CostOf(new SubNetwork(384, 13), ImageSize).Parameters);
        var figures = Grid.SubNetworks.Where(cell => Grid.CostOf(cell, ImageSize).Parameters <= budget.Parameters).ToImmutableDictionary(cell => cell, cell => (double)cell.Depth.Blocks);
        var known = new SearchKnowledge { Metrics = figures };

        Assert.Equal(SearchStep.AllMeasured, Search(budget, 5).Next(known).Step);
        Assert.Equal(figures.Values.Max(), Search(budget, 5).Choice(known).Best!.Metric);
    }

    [Fact]
    public void Next_WhatIsKnownBefore_CostsNoEvaluation()
    {
        var known = new SearchKnowledge { Metrics = RandomSurface.Of(Grid, Places, 0).Take(30).ToImmutableDictionary() };

        var move = Search(new Budget(), 1).Next(known);

        Assert.Equal(SearchStep.Evaluate, move.Step);
        Assert.False(known.Metrics.ContainsKey(Assert.Single(move.SubNetworks)));
        Assert.Equal(SearchStep.Spent, Search(new Budget(), 1).Next(known with { Evaluations = 1 }).Step);
    }

    [Fact]
    public void Next_WhatFailed_IsNotAskedForAgain()
    {
        var search = Search(new Budget(), 100);
        var first = search.Next(SearchKnowledge.None);
        var known = SearchKnowledge.None with { Failed = [.. first.SubNetworks], Evaluations = first.SubNetworks.Length };

        Assert.Contains(Grid.Intact, first.SubNetworks);
        Assert.Empty(search.Next(known).SubNetworks.Intersect(first.SubNetworks));
    }

    [Fact]
    public void Next_LowerIsBetter_LooksForTheLowest()
    {
        var figures = RandomSurface.Of(Grid, Places, 3).ToDictionary(cell => cell.Key, cell => -cell.Value);
        var search = new BudgetSearch(Grid, ImageSize, new Budget(), higherIsBetter: false, evaluations: 14);
        var known = SearchKnowledge.None;
        for (var move = search.Next(known); !move.IsEnd; move = search.Next(known))
        {
            known = Learn(known, move, figures, []);
        }

        Assert.InRange(search.Choice(known).Best!.Metric - figures.Values.Min(), 0, 0.5);
        Assert.All(search.Outlook(known).Where(cell => cell.Metric is not null), cell => Assert.True(cell.Metric!.Value.Low < cell.Metric.Value.High));
    }

    [Fact]
    public void Outlook_PredictsWhatIsNotMeasuredAndNothingElse()
    {
        var figures = RandomSurface.Of(Grid, Places, 0);
        var known = new SearchKnowledge { Metrics = figures.Take(5).ToImmutableDictionary() };
        var budget = new Budget(Parameters: Grid.CostOf(new SubNetwork(384, 13), ImageSize).Parameters);

        Assert.All(Search(budget, 5).Outlook(known), cell =>
        {
            var isKnown = known.Metrics.ContainsKey(cell.Measured.SubNetwork);
            Assert.Equal(isKnown, !double.IsNaN(cell.Measured.Metric));
            Assert.Equal(isKnown, cell.Metric is null);
            Assert.Null(cell.Latency);
            Assert.Equal(budget.Allows(cell.Measured) == true ? 1 : 0, cell.ChanceToFit);
        });
        Assert.All(Search(budget, 5).Outlook(new SearchKnowledge { Metrics = figures.Take(2).ToImmutableDictionary() }), cell => Assert.Null(cell.Metric));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(BudgetSearch.MaxEvaluations + 1)]
    public void Evaluations_OutOfRange_Refused(int evaluations) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Search(new Budget(), evaluations));

    [Fact]
    public void Next_SameKnowledge_SameMove()
    {
        var figures = RandomSurface.Of(Grid, Places, 1).Take(6).ToArray();
        var (known, turned) = (new SearchKnowledge { Metrics = ImmutableDictionary.CreateRange(figures) }, new SearchKnowledge { Metrics = ImmutableDictionary.CreateRange(figures.Reverse()) });

        Assert.Equal(Search(new Budget(), 5).Next(known).SubNetworks, Search(new Budget(), 5).Next(turned).SubNetworks);
    }

    private static MeasuredSubNetwork Measured(SubNetwork cell, SearchKnowledge known)
    {
        var cost = Grid.CostOf(cell, ImageSize);
        return new(cell, cost.Parameters, cost.MultiplyAccumulates, known.Latencies.GetValueOrDefault(cell, double.NaN), known.Metrics.GetValueOrDefault(cell, double.NaN));
    }

    private static BudgetSearch Search(Budget budget, int evaluations) => new(Grid, ImageSize, budget, higherIsBetter: true, evaluations);

    private static SearchKnowledge Learn(SearchKnowledge known, SearchMove move, Dictionary<SubNetwork, double> figures, Dictionary<SubNetwork, double> latencies) =>
        move.Step == SearchStep.Evaluate
            ? known with { Metrics = known.Metrics.AddRange(move.SubNetworks.Select(cell => KeyValuePair.Create(cell, figures[cell]))), Evaluations = known.Evaluations + move.SubNetworks.Length }
            : known with { Latencies = known.Latencies.AddRange(move.SubNetworks.Select(cell => KeyValuePair.Create(cell, latencies[cell]))), LatencyMeasurements = known.LatencyMeasurements + move.SubNetworks.Length };

    /// <summary>Times that grow with the work, but less than in proportion, and differ by some percent.</summary>
    private static Dictionary<SubNetwork, double> Latencies(int trial)
    {
        var random = Randomness.For(3, RandomPurpose.Testing, trial, 0);
        return Grid.SubNetworks.ToDictionary(cell => cell, cell => Math.Pow(Grid.CostOf(cell, ImageSize).MultiplyAccumulates / 1e9, 0.8) * Math.Exp(random.NextGaussian(0, 0.03)));
    }

    private static Budget BudgetOf(string limits, int trial, Dictionary<SubNetwork, double> latencies)
    {
        var cost = Grid.CostOf(Grid.SubNetworks[20 + (28 * trial)], ImageSize);
        var latency = latencies.Values.Order().ElementAt(20 + (28 * trial));
        return limits switch
        {
            "parameters" => new Budget(cost.Parameters),
            "operations" => new Budget(MultiplyAccumulates: cost.MultiplyAccumulates),
            "latency" => new Budget(LatencyMilliseconds: latency),
            "all" => new Budget(cost.Parameters, cost.MultiplyAccumulates * 2, latency),
            _ => new Budget(),
        };
    }
}
