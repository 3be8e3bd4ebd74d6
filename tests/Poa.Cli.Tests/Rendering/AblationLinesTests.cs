using System.Collections.Immutable;
using Poa.Actors.Abstractions;
using Poa.Cli.Rendering;
using Xunit;

namespace Poa.Cli.Tests.Rendering;

public sealed class AblationLinesTests
{
    private static readonly AblationSnapshot Ablation = new()
    {
        Specification = new AblationSpecification
        {
            AblationId = "parts",
            Title = "Parts of POA",
            ConfigurationYaml = "",
            Data = "demo?split=train",
            Rows = [new("poa", "POA", []), new("half", "half of it", ["dino.lambda_ie=0.5"])],
            Seeds = [0, 1],
            SubNetworks = ["48x2", "96x5"],
            Benchmark = Benchmarks.Knn,
            Evaluation = new EvaluationData("demo?split=train", "demo?split=test"),
        },
        Status = AblationStatus.CompletedWithFailures,
        Version = 3,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Metric = "top1@20",
        Runs =
        [
            Done("poa", 0, ("48x2", 70), ("96x5", 75.5)),
            Done("poa", 1, ("48x2", 71), ("96x5", 75.5)),
            Done("half", 0, ("48x2", 65.25)),
            new() { Row = "half", Seed = 1, Run = "parts-half-s1", Status = AblationRunStatus.Failed, Error = new WorkError("x", "It broke.", "Mend it.") },
        ],
    };

    [Fact]
    public void Of_AnAblation_IsATableInMarkdownAndSaysWhatFailed() => Assert.Equal(
        [
            "parts completed with failures: Parts of POA, 3 of 4 runs done, 1 failed",
            "",
            "k-NN top-1, k = 20 (%), mean ± standard deviation over seeds 0, 1; trained on demo?split=train, judged on demo?split=test",
            "",
            "| | 48x2 | 96x5 |",
            "| --- | ---: | ---: |",
            "| POA | 70.50 ± 0.71 | 75.50 ± 0.00 |",
            "| half of it | 65.25 (1 of 2) | – |",
            "",
            "parts-half-s1: failed: It broke. Mend it.",
        ],
        AblationLines.Of(Ablation));

    [Theory]
    [InlineData(AblationStatus.Completed, ExitCodes.Success)]
    [InlineData(AblationStatus.Running, ExitCodes.Success)]
    [InlineData(AblationStatus.CompletedWithFailures, ExitCodes.Failure)]
    [InlineData(AblationStatus.Cancelled, ExitCodes.Failure)]
    public void ExitCode_OfAStatus_TellsWhetherAllFiguresCame(AblationStatus status, int code) => Assert.Equal(code, AblationLines.ExitCode(Ablation with { Status = status }));

    [Theory]
    [InlineData(RunStatus.Running, "parts running: 2 of 4 runs done, 1 failed, training parts-half-s1")]
    [InlineData(RunStatus.Queued, "parts running: 2 of 4 runs done, 1 failed")]
    public void Standing_WhileARunTrains_NamesIt(RunStatus training, string title)
    {
        var running = Ablation with
        {
            Status = AblationStatus.Running,
            Runs = Ablation.Runs.Add(Ablation.Runs[^1] with { Status = AblationRunStatus.Training, Error = null, Training = training, Progress = new WorkProgress { Done = 1, Total = 2, Unit = "steps", Phase = "training" } }).RemoveAt(1),
        };

        Assert.Equal(title, Standing.Of(running).Title);
    }

    private static AblationRun Done(string row, long seed, params (string Name, double Value)[] figures) => new()
    {
        Row = row,
        Seed = seed,
        Run = AblationId.RunOf("parts", row, seed),
        Status = AblationRunStatus.Completed,
        Figures = figures.ToImmutableSortedDictionary(figure => figure.Name, figure => figure.Value),
    };
}
