using Poa.Training.Session;
using Poa.Training.Tests.Exchange;
using Xunit;

namespace Poa.Training.Tests.Session;

/// <summary>
/// Sessions whose learning rate breaks the weights at the first step that has one (the second, since the warm-up begins at 0): all
/// later steps are skipped.
/// </summary>
public sealed class DivergenceTests : IDisposable
{
    private static readonly string[] Absurd = ["optim.base_lr=1.0e+38", "guard.skipped_steps=4", "checkpoint.period_iterations=3"];

    private readonly string root = TinyRun.TemporaryFolder();
    private readonly NoiseImages images = new(40);

    private static CancellationToken End => TestContext.Current.CancellationToken;

    [Fact]
    public void Run_StepAfterStepNotFinite_StopsAndSaysSinceWhen()
    {
        var observer = new RecordingObserver();
        using var session = TrainingSession.Create(TinyRun.Configuration(Absurd), images);

        Assert.Equal(SessionOutcome.Diverged, session.Run(observer, root, End));

        Assert.Equal((DivergenceKind.NotFinite, 2, 5), (session.Divergence!.Kind, session.Divergence.FirstStep, session.Divergence.LastStep));
        Assert.Equal([true, true, false, false, false, false], observer.Steps.Select(step => step.Applied));
        Assert.Equal([(0, true), (3, false)], observer.Checkpoints.Select(c => (c.Iteration, SessionState.Read(c.Folder).Health.IsGood)));
    }

    [Fact]
    public void Run_RestoredAmongBadSteps_StopsAtTheSameStep()
    {
        var first = new RecordingObserver();
        using (var session = TrainingSession.Create(TinyRun.Configuration(Absurd), images))
        {
            session.Run(first, root, End);
        }

        using var restored = TrainingSession.Restore(first.Checkpoints[^1].Folder, TinyRun.Configuration(Absurd), images);
        Assert.Equal(1, restored.Health.SkippedInARow);
        Assert.Equal(SessionOutcome.Diverged, restored.Run(new RecordingObserver(), root, End));
        Assert.Equal((2, 5), (restored.Divergence!.FirstStep, restored.Divergence.LastStep));
    }

    [Fact]
    public void Run_RolledBack_GoesOnWithTheLowerRateAndRemembersIt()
    {
        var configuration = TinyRun.Configuration(Absurd);
        var diverged = new RecordingObserver();
        using (var session = TrainingSession.Create(configuration, images))
        {
            session.Run(diverged, root, End);
        }

        // From the untrained network, and from a checkpoint among the bad steps, whose count begins anew.
        var course = new SessionCourse(1, 1e-40);
        var whole = new RecordingObserver();
        using (var session = TrainingSession.Restore(diverged.Checkpoints[0].Folder, configuration, images, course: course))
        {
            Assert.Equal(SessionOutcome.Completed, session.Run(whole, Path.Combine(root, "whole"), End));
        }

        Assert.Equal(12, whole.Steps.Count);
        Assert.All(whole.Steps, step => Assert.True(step.Applied && step.LearningRate < 0.01));
        Assert.Equal(diverged.Steps[2].LearningRate * course.LearningRateFactor, whole.Steps[2].LearningRate);
        Assert.All(whole.Checkpoints, c => Assert.Equal(course, SessionState.Read(c.Folder).Course));
        using (var late = TrainingSession.Restore(diverged.Checkpoints[1].Folder, configuration, images, course: course))
        {
            Assert.True(late.Health.IsGood);
        }

        // Restored without a word about it, a checkpoint knows the rate that it was trained with: the bits are the same.
        var rest = new RecordingObserver();
        using (var session = TrainingSession.Restore(whole.Checkpoints[1].Folder, configuration, images))
        {
            session.Run(rest, Path.Combine(root, "rest"), End);
        }

        foreach (var file in Directory.EnumerateFiles(whole.Checkpoints[^1].Folder))
        {
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(rest.Checkpoints[^1].Folder, Path.GetFileName(file))));
        }

        var error = Assert.Throws<CheckpointException>(() => TrainingSession.Restore(whole.Checkpoints[1].Folder, configuration, images, course: SessionCourse.Undisturbed));
        Assert.Contains("after 1 rollback", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SeveralMembers_AllStopAtTheSameStep()
    {
        var configuration = TinyRun.Configuration([.. Absurd, "train.virtual_shards=3"]);
        var divergences = await Formation.RunAsync(await Formation.OfAsync("tcp", 3), exchange =>
        {
            using var session = TrainingSession.Create(configuration, images, exchange: exchange);
            Assert.Equal(SessionOutcome.Diverged, session.Run(new RecordingObserver(), Path.Combine(root, "members"), End));
            return (session.Divergence!.FirstStep, session.Divergence.LastStep);
        });
        Assert.All(divergences, divergence => Assert.Equal((2, 5), divergence));
    }

    [Fact]
    public async Task Run_MembersThatDisagreeAboutTheRate_AreRefused()
    {
        var configuration = TinyRun.Configuration("train.virtual_shards=2");
        var errors = await Formation.RunAsync(await Formation.OfAsync("in process", 2), exchange =>
        {
            using var session = TrainingSession.Create(configuration, images, exchange: exchange, course: new SessionCourse(exchange.Rank, 0.5));
            return Record.Exception(() => session.Run(new RecordingObserver(), root, End));
        });
        Assert.All(errors, error => Assert.IsType<FormationMismatchException>(error));
    }

    public void Dispose() => Directory.Delete(root, recursive: true);
}
