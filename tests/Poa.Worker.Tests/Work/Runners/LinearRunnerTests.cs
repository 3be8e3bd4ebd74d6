using System.Collections.Immutable;
using Poa.Actors.Abstractions;
using Poa.Worker.Execution;
using Poa.Worker.Tests.Execution;
using Xunit;

namespace Poa.Worker.Tests.Work.Runners;

/// <summary>Linear probes of a checkpoint that a real (tiny) run published, with stops in between.</summary>
public sealed class LinearRunnerTests : IAsyncLifetime
{
    private static readonly EvaluationData Images = new("demo?split=test", "demo?split=test");

    private static readonly Dictionary<string, string> Full = new()
    {
        ["learning_rates"] = "0.5,5",
        ["epochs"] = "1",
        ["epoch_length"] = "6",
        ["batch_size"] = "32",
        ["checkpoint_every"] = "2",
    };

    private readonly WorkBench bench = new();

    private string[] States => [.. Directory.GetFiles(bench.BlobFile("runs/tiny"), "*", SearchOption.AllDirectories).Where(file => file.Contains("/evaluations/", StringComparison.Ordinal))];

    public async ValueTask InitializeAsync() => await bench.TrainAsync();

    public ValueTask DisposeAsync()
    {
        bench.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Execute_Quick_ReportsOneResultEachWithProtocolAndSetting()
    {
        await EvaluateAsync(bench.Reporter, ["32x2", "48x3"], new() { ["preset"] = "quick", ["epochs"] = "2", ["learning_rates"] = "0.1,1" });

        var results = bench.Reporter.Of<EvaluationResult>().ToArray();
        Assert.Equal(["32x2", "48x3"], results.Select(result => result.SubNetwork));
        var hash = await bench.HashAsync(TinyRun.Steps);
        Assert.All(results, result =>
        {
            Assert.Equal((Benchmarks.Linear, "top1"), (result.Benchmark, result.Headline));
            Assert.InRange(result.HeadlineValue, 15, 100);
            Assert.True(result.Metrics["top5"] >= result.Metrics["top1"]);
            Assert.Equal((hash, "16", "256", "28"), (result.Protocol["checkpoint_sha256"], result.Protocol["steps"], result.Protocol["batch"], result.Protocol["crop"]));
            Assert.StartsWith("blocks=", result.Details["best"], StringComparison.Ordinal);
            Assert.Contains(result.Details["best"], result.Details["settings"], StringComparison.Ordinal);
        });
        // Facts that differ from cell to cell would warn of figures that cannot be compared.
        Assert.Equal(results[0].Protocol, results[1].Protocol);
        Assert.Empty(States);
    }

    [Fact]
    public async Task Execute_StoppedByTheHostTwice_GoesOnFromItsCheckpointsToTheSameResults()
    {
        var calm = new RecordingReporter();
        await EvaluateAsync(calm, ["32x2", "48x3"], Full);

        await StopAfterAsync(states: 2, ["32x2", "48x3"]);
        Assert.Equal(2, States.Count(file => file.EndsWith("manifest.json", StringComparison.Ordinal)));
        await StopAfterAsync(states: 2, ["32x2", "48x3"]);
        await EvaluateAsync(bench.Reporter, ["32x2", "48x3"], Full);

        Assert.Contains(bench.Reporter.Of<RecordingReporter.Note>(), note => note.Message.Contains("48x3 goes on from step 4", StringComparison.Ordinal));
        Assert.Equal(calm.Of<EvaluationResult>().Select(Essence), bench.Reporter.Of<EvaluationResult>().Select(Essence));
        Assert.Empty(States);
    }

    [Fact]
    public async Task Execute_Cancelled_RemovesItsCheckpoints()
    {
        await StopAfterAsync(states: 1, ["32x2"], StopReason.Cancel);

        Assert.Empty(States);
    }

    [Fact]
    public async Task Execute_CheckpointOfAnotherSweep_IsContinuedUnlessComputedAnew()
    {
        await StopAfterAsync(states: 1, ["32x2"]);
        await EvaluateAsync(bench.Reporter, ["32x2"], Full, owner: "sweep-2");
        Assert.Contains(bench.Reporter.Of<RecordingReporter.Note>(), note => note.Message.Contains("goes on from step 2", StringComparison.Ordinal));

        await StopAfterAsync(states: 1, ["48x3"]);
        var anew = new RecordingReporter();
        await EvaluateAsync(anew, ["48x3"], Full, owner: "sweep-2", recompute: true);
        Assert.DoesNotContain(anew.Of<RecordingReporter.Note>(), note => note.Message.Contains("goes on", StringComparison.Ordinal));
        Assert.Single(anew.Of<EvaluationResult>());
        Assert.Empty(States);
    }

    [Fact]
    public async Task Execute_LeaseLost_PublishesNothing()
    {
        var refused = new RecordingReporter();
        // The first report, of loading, is still taken in.
        var reporter = new CallbackReporter(refused, _ => refused.Verdict = ReportVerdict.Refused);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EvaluateAsync(reporter, ["32x2"], Full));

        Assert.Empty(States);
        Assert.Empty(refused.Of<EvaluationResult>());
    }

    private static (string, string, string) Essence(EvaluationResult result) =>
        (result.SubNetwork, string.Join(' ', result.Metrics), string.Join(' ', result.Details) + string.Join(' ', result.Protocol));

    /// <summary>Evaluates until so many checkpoints were stored under this lease.</summary>
    private async Task StopAfterAsync(int states, string[] subNetworks, StopReason reason = StopReason.Shutdown)
    {
        using var stop = new StopSignal();
        var reporter = new CallbackReporter(new RecordingReporter(), progress =>
        {
            if (progress.StoredStates >= states)
            {
                stop.Request(reason);
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EvaluateAsync(reporter, subNetworks, Full, stop));
    }

    private async Task EvaluateAsync(
        IWorkReporter reporter, string[] subNetworks, Dictionary<string, string> options, StopSignal? stop = null, string owner = "sweep-1", bool recompute = false)
    {
        using var own = new StopSignal();
        var work = new EvaluationWork(
            TinyRun.Id, TinyRun.Steps, Benchmarks.Linear, Images, options.ToImmutableDictionary(), [.. subNetworks], TinyRun.Yaml, recompute);
        await bench.Evaluator.ExecuteAsync(bench.Context(work, stop ?? own, reporter, owner));
    }
}
