using System.Globalization;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Elastic;

namespace Poa.Actors.Dashboard.Tests.Pages.Grid;

/// <summary>A view of a small grid with figures as a test wants them: widths 32 and 48, depths 2 to 4.</summary>
internal static class SampleGrid
{
    public static readonly EvaluationData Data = new("demo?split=train", "demo?split=test");
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static PoaConfiguration Configuration { get; } = PoaConfiguration.Load(
        [],
        ["student.min_embed_dim=32", "student.max_embed_dim=48", "student.head_dim=16", "student.min_depth=2", "student.max_depth=4", "student.drop_path_rate=0"]);

    public static GridView View(params SweepResults[] sweeps) => GridView.Of(
        new RunSnapshot
        {
            Specification = new RunSpecification { RunId = "r", Name = "a run", ConfigurationYaml = Configuration.ToYaml(), Data = "demo?split=train" },
            Status = RunStatus.Completed,
            CreatedAt = Start,
            Checkpoints = [new RunCheckpoint(10, "00", 1, Start)],
        },
        Configuration, 10, [10], sweeps);

    public static SweepResults Knn(params (string Name, double Value)[] cells) => Sweep(Benchmarks.Knn, Data, "top1@20", cells);

    public static SweepResults Latency(params (string Name, double Value)[] cells) => Sweep(Benchmarks.Latency, EvaluationData.None, "p50_ms", cells);

    public static SweepResults Sweep(string benchmark, EvaluationData data, string metric, params (string Name, double Value)[] cells) => new(
        new SweepSnapshot
        {
            Specification = new SweepSpecification
            {
                SweepId = $"{benchmark}-{string.Join('-', cells.Select(cell => cell.Name))}",
                Run = "r",
                Iteration = 10,
                Benchmark = benchmark,
                Data = data,
                SubNetworks = [.. cells.Select(cell => cell.Name)],
            },
            Status = SweepStatus.Completed,
            Version = 1,
            CreatedAt = Start.AddMinutes(cells.Length),
            Jobs =
            [
                .. cells.Select(cell => double.IsNaN(cell.Value)
                    ? new SweepJob(cell.Name, JobStatus.Failed, Error: new WorkError("broken", "It broke.", "Mend it."), FinishedAt: Start)
                    : new SweepJob(cell.Name, JobStatus.Completed, FinishedAt: Start)),
            ],
        },
        cells.Where(cell => !double.IsNaN(cell.Value)).ToImmutableDictionary(cell => cell.Name, cell => new EvaluationResult
        {
            SubNetwork = cell.Name,
            Benchmark = benchmark,
            Metrics = ImmutableSortedDictionary<string, double>.Empty.Add(metric, cell.Value),
            Headline = metric,
            Protocol = ImmutableSortedDictionary<string, string>.Empty.Add("device", "cpu").Add("threads", 1.ToString(CultureInfo.InvariantCulture)),
        }));
}
