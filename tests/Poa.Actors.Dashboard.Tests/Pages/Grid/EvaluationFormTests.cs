using Poa.Actors.Abstractions;
using Poa.Actors.Dashboard.Pages.Grid;

namespace Poa.Actors.Dashboard.Tests.Pages.Grid;

public sealed class EvaluationFormTests
{
    [Fact]
    public void Suggest_NothingMeasured_TakesTheRunsOwnImages()
    {
        var form = new EvaluationForm();

        form.Suggest(SampleGrid.View());

        Assert.Equal(("demo?split=train", "demo?split=test"), Fields(form));
        Assert.Empty(form.Faults());
    }

    [Fact]
    public void Suggest_MeasuredBefore_TakesThoseImages()
    {
        var form = new EvaluationForm();

        form.Suggest(SampleGrid.View(SampleGrid.Sweep(Benchmarks.Knn, new EvaluationData("folder:/a", "folder:/b"), "top1@20", ("32x2", 1)), SampleGrid.Latency()));

        Assert.Equal(("folder:/a", "folder:/b"), Fields(form));
    }

    [Fact]
    public void Sweeps_BenchmarksOnSetsOfDifferentKinds_TakeEachItsOwn()
    {
        var view = SampleGrid.View();
        var form = new EvaluationForm();
        form.Suggest(view);
        form.Chosen.Add(Benchmarks.Coco);

        Assert.Equal(["Coco.Test", "Coco.Train"], form.Faults().Keys.Order(StringComparer.Ordinal));
        (form.Images[BenchmarkImages.Coco].Train, form.Images[BenchmarkImages.Coco].Test) = ("coco:/c?split=train", " coco:/c?split=val ");

        Assert.Empty(form.Faults());
        Assert.Equal(
            [(Benchmarks.Knn, SampleGrid.Data), (Benchmarks.Coco, new EvaluationData("coco:/c?split=train", "coco:/c?split=val"))],
            form.Sweeps(view, ["32x2"]).Select(sweep => (sweep.Benchmark, sweep.Data)));
    }

    [Fact]
    public void Faults_WrongFields_AreNamedEachWithARemedy()
    {
        var form = new EvaluationForm();
        form.Images[BenchmarkImages.Labelled].Train = "x";
        form.Chosen.Add(Benchmarks.Latency);
        form.Options[Benchmarks.Knn] = "neighbours";
        form.Options[Benchmarks.Latency] = "temperature=0.1";

        var faults = form.Faults();

        Assert.Equal(["Labelled.Test", "knn", "latency"], faults.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("name=value", faults["knn"], StringComparison.Ordinal);
        Assert.Contains("batch_size", faults["latency"], StringComparison.Ordinal);
    }

    [Fact]
    public void Stored_SameQuestion_CountsTheSelectedWithAResult()
    {
        var view = SampleGrid.View(SampleGrid.Knn(("32x2", 60), ("48x4", 75), ("48x3", double.NaN)));
        var form = new EvaluationForm();
        form.Suggest(view);

        Assert.Equal(1, form.Stored(view, ["32x2", "32x3", "48x3"], Benchmarks.Describe(Benchmarks.Knn)));
        form.Options[Benchmarks.Knn] = "temperature=0.1";
        Assert.Equal(0, form.Stored(view, ["32x2", "32x3"], Benchmarks.Describe(Benchmarks.Knn)));
    }

    [Fact]
    public void Sweeps_TwoBenchmarks_AskEachForTheSelectedCellsOfThisCheckpoint()
    {
        var view = SampleGrid.View();
        var form = new EvaluationForm { Recompute = true };
        form.Suggest(view);
        form.Chosen.Add(Benchmarks.Latency);
        form.Options[Benchmarks.Knn] = "neighbours=10,20  temperature=0.07";

        var sweeps = form.Sweeps(view, ["48x2", "32x2"]);

        Assert.Equal([Benchmarks.Knn, Benchmarks.Latency], sweeps.Select(sweep => sweep.Benchmark));
        Assert.Equal([SampleGrid.Data, EvaluationData.None], sweeps.Select(sweep => sweep.Data));
        Assert.All(sweeps, sweep => Assert.Equal(["32x2", "48x2"], sweep.SubNetworks!));
        Assert.All(sweeps, sweep => Assert.Equal((10L, true), (sweep.Iteration!.Value, sweep.Recompute)));
        Assert.Equal("10,20", sweeps[0].Options!["neighbours"]);
        Assert.Empty(sweeps[1].Options!);
    }

    private static (string Train, string Test) Fields(EvaluationForm form) => (form.Images[BenchmarkImages.Labelled].Train, form.Images[BenchmarkImages.Labelled].Test);
}
