using Poa.Evaluation.Dense.Optimisation;
using Poa.Evaluation.Dense.Training;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Dense.Training;

public sealed class FineTunerTests : IDisposable
{
    private const long Iterations = 9;

    private readonly string folder = Directory.CreateTempSubdirectory("poa-fine-tuning-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Run_KilledBetweenCheckpoints_EndsWithTheSameBitsAsUndisturbed()
    {
        var expected = Undisturbed();
        var series = new SortedDictionary<long, double>();
        // Steps at which the process "dies", that is, without a chance to save; checkpoints are every 2 steps.
        foreach (var deathAt in (long[])[1, 5, 8])
        {
            Assert.Throws<ProcessDied>(() => Run("a", progress =>
            {
                series[progress.Done] = Sum(progress);
                if (progress.Done == deathAt)
                {
                    throw new ProcessDied();
                }
            }));
        }

        var (bytes, outcome) = Run("a", progress => series[progress.Done] = Sum(progress));

        Assert.Equal(expected.Bytes, bytes);
        Assert.Equal(expected.Series, series);
        Assert.Empty(outcome.Notes);
    }

    [Fact]
    public void Run_Cancelled_SavesAndGoesOnFromThatStep()
    {
        var expected = Undisturbed();
        using var source = new CancellationTokenSource();
        var committed = new List<string>();

        Assert.ThrowsAny<OperationCanceledException>(() => Run(
            "a",
            progress =>
            {
                if (progress.Done == 5)
                {
                    source.Cancel();
                }
            },
            committed,
            stop: source));
        var first = 0L;
        var (bytes, _) = Run("a", progress => first = first == 0 ? progress.Done : first);

        Assert.EndsWith("0000000005", committed[^1], StringComparison.Ordinal);
        Assert.Equal(6, first);
        Assert.Equal(expected.Bytes, bytes);
    }

    [Theory]
    [InlineData("weights.safetensors")]
    [InlineData("optimiser.safetensors")]
    [InlineData("manifest.json")]
    public void Run_LatestCheckpointDamaged_ReportsItAndUsesTheOneBefore(string file)
    {
        var expected = Undisturbed();
        Assert.Throws<ProcessDied>(() => Run("a", progress => _ = progress.Done == 7 ? throw new ProcessDied() : 0));
        var path = Path.Combine(folder, "a", "0000000006", file);
        var content = File.ReadAllBytes(path);
        content[content.Length / 2] ^= 1;
        File.WriteAllBytes(path, content);
        var rejected = new List<string>();
        var first = 0L;

        var (bytes, _) = Run("a", progress => first = first == 0 ? progress.Done : first, rejected: rejected);

        Assert.EndsWith("0000000006", Assert.Single(rejected), StringComparison.Ordinal);
        Assert.Equal(5, first);
        Assert.Equal(expected.Bytes, bytes);
    }

    [Fact]
    public void Run_Done_KeepsTheLastTwoCheckpointsAndTrainsNoMore()
    {
        Directory.CreateDirectory(Path.Combine(folder, "a", "0000000003.partial"));
        var committed = new List<string>();
        var expected = Run("a", committed: committed).Bytes;
        var steps = 0;

        var (bytes, _) = Run("a", _ => steps++);

        Assert.Equal(["0000000002", "0000000004", "0000000006", "0000000008", "0000000009"], committed.Select(Path.GetFileName));
        Assert.Equal(["0000000008", "0000000009"], Directory.GetDirectories(Path.Combine(folder, "a")).Select(Path.GetFileName).Order());
        Assert.Equal(0, steps);
        Assert.Equal(expected, bytes);
    }

    [Fact]
    public void Run_LossOrGradientNotFinite_SkipsTheStepWholly()
    {
        // Adding 0 times the map leaves every number as it was, but for the steps that are poisoned.
        using var zero = tensor(0f);
        var before = new Dictionary<long, IReadOnlyDictionary<string, byte[]>>();
        TinyTask? task = null;
        task = new TinyTask
        {
            Extra = step =>
            {
                before[step] = task!.Bytes();
                return step switch
                {
                    3 => tensor(float.NaN),
                    5 => zero.clone() + InfiniteGradient(),
                    _ => zero.clone(),
                };
            },
        };
        using (task)
        {
            var skipped = new List<long>();
            var outcome = Tuner(task, "a", progress => skipped.Add(progress.Skipped)).Run(TestContext.Current.CancellationToken);

            Assert.Equal(2, outcome.Skipped);
            Assert.Equal([0L, 0, 0, 1, 1, 2, 2, 2, 2], skipped);
            // The extra term is made after the forward pass, which moves the running statistics; weights must not have moved.
            AssertSameWeights(before[3], before[4]);
            AssertSameWeights(before[5], before[6]);
            Assert.All(StateDictionary.Of(task.Network), t => Assert.True(t.Value.isfinite().all().item<bool>(), t.Key));
        }

        Tensor InfiniteGradient()
        {
            // sqrt at 0: finite value, infinite slope.
            var weight = task!.Groups[0].Parameters[0].Value;
            return (weight - weight.detach()).square().sum().sqrt();
        }

        static void AssertSameWeights(IReadOnlyDictionary<string, byte[]> a, IReadOnlyDictionary<string, byte[]> b) =>
            Assert.All(a.Where(t => !t.Key.Contains("running", StringComparison.Ordinal)), t => Assert.Equal(t.Value, b[t.Key]));
    }

    [Fact]
    public void Run_NeverFinite_EndsWithAnErrorAndUntouchedBuffers()
    {
        using var task = new TinyTask { Extra = _ => tensor(float.NaN) };
        var before = task.Bytes();

        var error = Assert.Throws<FineTuningException>(() => Tuner(task, "a").Run(TestContext.Current.CancellationToken));

        Assert.Contains("4th time in a row", error.Message, StringComparison.Ordinal);
        Assert.Contains("learning rate", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, task.Bytes());
    }

    [Fact]
    public void Run_FolderOfAnotherRun_NamesBoth()
    {
        Run("a");

        using var task = new TinyTask();
        var error = Assert.Throws<FineTuningException>(() => Tuner(task, "a", description: "another task").Run(TestContext.Current.CancellationToken));

        Assert.Contains("tiny task", error.Message, StringComparison.Ordinal);
        Assert.Contains("another task", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ManySteps_HoldsNoMoreTensorsThanAfterTheFirst()
    {
        using var task = new TinyTask();
        var live = new List<long>();

        Tuner(task, "a", _ => live.Add(TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount), iterations: 30).Run(TestContext.Current.CancellationToken);

        Assert.Equal(live[2], live[^1]);
    }

    private (IReadOnlyDictionary<string, byte[]> Bytes, SortedDictionary<long, double> Series) Undisturbed()
    {
        var series = new SortedDictionary<long, double>();
        return (Run("undisturbed", progress => series[progress.Done] = Sum(progress)).Bytes, series);
    }

    private (IReadOnlyDictionary<string, byte[]> Bytes, FineTuningOutcome Outcome) Run(
        string name,
        Action<FineTuningProgress>? progressed = null,
        List<string>? committed = null,
        List<string>? rejected = null,
        CancellationTokenSource? stop = null)
    {
        using var task = new TinyTask();
        var outcome = Tuner(task, name, progressed, committed, rejected).Run(stop?.Token ?? TestContext.Current.CancellationToken);
        return (task.Bytes(), outcome);
    }

    private FineTuner<NoiseBatch, NoWorkspace> Tuner(
        TinyTask task,
        string name,
        Action<FineTuningProgress>? progressed = null,
        List<string>? committed = null,
        List<string>? rejected = null,
        long iterations = Iterations,
        string description = "tiny task") => new(
            task,
            task,
            task.Groups,
            new PolySchedule { Iterations = iterations, WarmupIterations = 2, WarmupRatio = 0.1 },
            new FineTuningOptions
            {
                Seed = 7,
                Iterations = iterations,
                CheckpointEvery = 2,
                CheckpointFolder = Path.Combine(folder, name),
                Description = description,
                MaximumSkippedInARow = 4,
            },
            new FineTuningCallbacks
            {
                Progressed = progressed,
                CheckpointCommitted = path => committed?.Add(path),
                CheckpointRejected = (path, _) => rejected?.Add(path),
            });

    private static double Sum(FineTuningProgress progress) => progress.Losses.Sum(loss => loss.Value);

    private sealed class ProcessDied : Exception;
}
