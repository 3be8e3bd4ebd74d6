using CsCheck;
using Poa.Actors.Abstractions;
using Poa.Actors.Tests;
using Poa.Elastic;

namespace Poa.Actors.Client.Tests.Grids;

public sealed class GridViewTests
{
    private static readonly EvaluationData Data = new("demo?split=train", "demo?split=test");
    private static readonly PoaConfiguration Configuration = PoaConfiguration.Load([]);
    private static readonly string[] Names = [.. Configuration.Grid().SubNetworks.Take(3).Select(cell => cell.ToString())];
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_NothingEvaluated_HasCostsOfEveryCell()
    {
        var view = View();

        Assert.Equal(Configuration.Grid().SubNetworks.Count, view.Costs.Count);
        Assert.Equal(["parameters", "macs"], view.Figures().Select(figure => figure.Key));
        Assert.All(view.Figures(), figure => Assert.All(view.Grid.SubNetworks, cell => Assert.True(figure.Value(cell.ToString()) > 0)));
        Assert.Empty(view.Measurements);
    }

    [Fact]
    public void Of_OtherDataOrOptions_AreNeverOneMeasurement()
    {
        var view = View(
            Sweep("a", 0, Job(0, 1, 70)),
            Sweep("b", 1, Job(1, 2, 71)),
            Sweep("c", 2, specification => specification with { Data = new("other", "other") }, Job(0, 3, 72)),
            Sweep("d", 3, specification => specification with { Options = ImmutableDictionary<string, string>.Empty.Add("temperature", "0.1") }, Job(0, 4, 73)));

        Assert.Equal(["d", "c", "b"], view.Measurements.Select(measurement => measurement.Cells.Values.Select(cell => cell.Sweep).Max()));
        Assert.Equal([73.0, 72, 70], view.Measurements.Select(measurement => measurement.Value(Names[0], "top1@20")));
        Assert.Equal(71, view.Measurements[2].Value(Names[1], "top1@20"));
        Assert.Equal(view.Measurements.Length, view.Measurements.Select(measurement => measurement.Key).Distinct().Count());
    }

    [Fact]
    public void Of_ComputedAnew_ShowsTheLaterResultWhateverTheOrderOfTheSweeps()
    {
        var view = View(Sweep("late", 9, Job(0, 2, 60)), Sweep("early", 0, Job(0, 5, 80)));

        Assert.Equal((80, "early"), (view.Measurements[0].Value(Names[0], "top1@20"), view.Measurements[0].Of(Names[0])!.Sweep));
    }

    [Fact]
    public void Of_ComputedAnewAndPending_KeepsTheFigureBesideTheState()
    {
        var view = View(Sweep("a", 0, Job(0, 1, 80)), Sweep("b", 1, new SweepJob(Names[0], JobStatus.Pending)));

        var cell = view.Measurements[0].Of(Names[0])!;
        Assert.Equal((JobStatus.Pending, "b", 80.0), (cell.Status, cell.Sweep, cell.Value("top1@20")));
    }

    [Fact]
    public void Of_CancelledAfterItFailed_StillShowsTheFault()
    {
        var error = new WorkError("broken", "It broke.", "Mend it.");
        var view = View(
            Sweep("a", 0, new SweepJob(Names[0], JobStatus.Failed, Error: error, FinishedAt: Start)),
            Sweep("b", 1, new SweepJob(Names[0], JobStatus.Cancelled, FinishedAt: Start.AddHours(1))));

        var cell = view.Measurements[0].Of(Names[0])!;
        Assert.Equal((JobStatus.Failed, error, true), (cell.Status, cell.Error, cell.CanRetry));
        Assert.True(double.IsNaN(cell.Value("top1@20")));
    }

    [Fact]
    public void Of_ProtocolsDiffer_SaysInWhat()
    {
        var view = View(Sweep("a", 0, Job(0, 1, 70), Job(1, 1, 71)), Sweep("b", 1, Job(2, 2, 72, ("device", "cuda:0"))));

        var (fact, values) = Assert.Single(view.Measurements[0].Differences);
        Assert.Equal("device", fact);
        Assert.Equal(["", "cuda:0"], values);
        Assert.Empty(View(Sweep("a", 0, Job(0, 1, 70), Job(1, 1, 71))).Measurements[0].Differences);
    }

    [Fact]
    public void Of_SeveralMetrics_HeadlineFirstThenByNumber()
    {
        var result = FakeWork.ResultOf(Names[0], 70) with
        {
            Metrics = new Dictionary<string, double> { ["top1@100"] = 1, ["top1@20"] = 2, ["top1@5"] = 3, ["top5@20"] = 4 }.ToImmutableSortedDictionary(),
        };
        var sweep = Sweep("a", 0, Job(0, 1, 70)) with { Results = ImmutableDictionary<string, EvaluationResult>.Empty.Add(Names[0], result) };

        Assert.Equal(["top1@20", "top1@5", "top1@100", "top5@20"], View(sweep).Measurements[0].Metrics);
        Assert.Equal("k-NN top-1, k = 20 (%)", View(sweep).Figures().ElementAt(2).Label);
    }

    [Fact]
    public void Of_AnySweeps_PendingIsNeverHiddenAndAResultNeverLost() =>
        Gen.Select(Gen.Int[0, 2], Gen.Enum<JobStatus>(), Gen.Int[0, 9]).Array[1, 12].Sample(jobs =>
        {
            var sweeps = jobs.Select((job, i) => job.Item2 switch
            {
                JobStatus.Completed => Sweep($"s{i}", i, Job(job.Item1, job.Item3, job.Item3)),
                JobStatus.Pending => Sweep($"s{i}", i, new SweepJob(Names[job.Item1], JobStatus.Pending)),
                _ => Sweep($"s{i}", i, new SweepJob(Names[job.Item1], job.Item2, FinishedAt: Start.AddMinutes(job.Item3))),
            }).ToArray();

            var measurement = View(sweeps).Measurements.Single();

            foreach (var cell in jobs.GroupBy(job => job.Item1))
            {
                var shown = measurement.Of(Names[cell.Key])!;
                Assert.Equal(cell.Any(job => job.Item2 == JobStatus.Pending), shown.Status == JobStatus.Pending);
                var completed = cell.Where(job => job.Item2 == JobStatus.Completed).ToList();
                Assert.Equal(completed.Count == 0 ? double.NaN : completed.Max(job => job.Item3), shown.Value("top1@20"));
            }
        });

    private static GridView View(params SweepResults[] sweeps) => GridView.Of(
        new RunSnapshot
        {
            Specification = new RunSpecification { RunId = "r", ConfigurationYaml = Configuration.ToYaml(), Data = "demo" },
            Status = RunStatus.Completed,
            CreatedAt = Start,
            Checkpoints = [new RunCheckpoint(10, "00", 1, Start)],
        },
        Configuration, 10, [10], sweeps);

    private static (SweepJob Job, EvaluationResult Result) Job(int cell, int minute, double value, params (string Fact, string Value)[] protocol)
    {
        var result = FakeWork.ResultOf(Names[cell], value);
        return (
            new SweepJob(Names[cell], JobStatus.Completed, FinishedAt: Start.AddMinutes(minute)),
            result with { Protocol = result.Protocol.AddRange(protocol.Select(fact => KeyValuePair.Create(fact.Fact, fact.Value))) });
    }

    private static SweepResults Sweep(string id, int minute, params (SweepJob Job, EvaluationResult Result)[] jobs) => Sweep(id, minute, s => s, jobs);

    private static SweepResults Sweep(string id, int minute, SweepJob withoutResult)
    {
        var sweep = Sweep(id, minute, s => s);
        return sweep with { Snapshot = sweep.Snapshot with { Jobs = [withoutResult] } };
    }

    private static SweepResults Sweep(
        string id, int minute, Func<SweepSpecification, SweepSpecification> change, params (SweepJob Job, EvaluationResult Result)[] jobs) => new(
        new SweepSnapshot
        {
            Specification = change(new SweepSpecification
            {
                SweepId = id,
                Run = "r",
                Iteration = 10,
                Benchmark = Benchmarks.Knn,
                Data = Data,
                SubNetworks = [.. jobs.Select(job => job.Job.SubNetwork)],
            }),
            Status = SweepStatus.Running,
            Version = 1,
            CreatedAt = Start.AddMinutes(minute),
            Jobs = [.. jobs.Select(job => job.Job)],
        },
        jobs.ToImmutableDictionary(job => job.Job.SubNetwork, job => job.Result));
}
