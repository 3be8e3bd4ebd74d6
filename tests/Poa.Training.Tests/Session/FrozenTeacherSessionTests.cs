using Poa.Networks;
using Poa.Training.Exchange;
using Poa.Training.Session;
using Poa.Training.Step;
using Poa.Training.Tests.Exchange;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Training.Tests.Session;

/// <summary>SEED: runs that distil a frozen teacher with a queue of its embeddings.</summary>
public sealed class FrozenTeacherSessionTests : IDisposable
{
    private readonly string folder = TinyRun.TemporaryFolder();
    private readonly NoiseImages images = new(40);
    private readonly string teacherFile;
    private readonly FrozenTeacher teacher;

    public FrozenTeacherSessionTests()
    {
        teacherFile = FrozenTeacherFile.Write(folder, "teacher.safetensors", TinyRun.Configuration());
        teacher = FrozenTeacher.Load(teacherFile);
    }

    private static CancellationToken End => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        teacher.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Run_FromAFrozenTeacher_LearnsItsSimilaritiesAndLeavesItAsItIs()
    {
        var configuration = FrozenTeacherFile.Run("optim.epochs=20", "teacher.momentum_teacher=0");
        var observer = new RecordingObserver();
        using var session = TrainingSession.Create(configuration, images, frozenTeacher: teacher);
        session.Run(observer, folder, End);

        Assert.All(observer.Steps, step => Assert.Equal((true, "seed_loss", step.Loss), (step.Applied, Assert.Single(step.Terms).Key, step.Terms["seed_loss"])));
        Assert.True(observer.Steps.TakeLast(8).Average(step => step.Loss) < observer.Steps.Take(8).Average(step => step.Loss));
        Assert.Equal(["backbone", "seed_head"], observer.Steps[0].GradientNorms.Keys.ToArray());
        Assert.Equal("16x2", observer.Steps[0].SubNetwork);

        // What is delivered is the student itself.
        var student = StateDictionary.Of(session.Model.Student.Backbone).ToDictionary(entry => entry.Key, entry => entry.Value);
        Assert.All(StateDictionary.Of(session.Model.TeacherBackbone), entry => Assert.True(entry.Value.equal(student[entry.Key]).all().item<bool>(), entry.Key));
        using var fresh = FrozenTeacher.Load(teacherFile);
        using var scope = NewDisposeScope();
        var some = randn(2, 3, 16, 16);
        Assert.True(fresh.Embed(some).equal(teacher.Embed(some)).all().item<bool>());
    }

    [Fact]
    public void Restore_AfterInterruption_GoesOnWithTheSameBits()
    {
        var configuration = FrozenTeacherFile.Run();
        var unbroken = new RecordingObserver();
        using (var session = TrainingSession.Create(configuration, images, frozenTeacher: teacher))
        {
            session.Run(unbroken, Path.Combine(folder, "unbroken"), End);
        }

        using var stop = new CancellationTokenSource();
        var first = new RecordingObserver(stop, stopAfterSteps: 5);
        using (var session = TrainingSession.Create(configuration, images, frozenTeacher: teacher))
        {
            Assert.Equal(SessionOutcome.Stopped, session.Run(first, Path.Combine(folder, "first"), stop.Token));
        }

        var second = new RecordingObserver();
        using (var session = TrainingSession.Restore(first.Checkpoints[^1].Folder, configuration, images, frozenTeacher: teacher))
        {
            Assert.Equal(5 * 12 % 40, session.Model.Queue!.Oldest); // two embeddings for each of six images
            session.Run(second, Path.Combine(folder, "second"), End);
        }

        Assert.Equal(unbroken.Steps.Select(Measured), first.Steps.Concat(second.Steps).Select(Measured));
        AssertSameFiles(unbroken, second);
    }

    [Theory]
    [InlineData("in process", 3)]
    [InlineData("tcp", 2)]
    public async Task Run_BySeveralMembers_HasTheBitsOfOne(string kind, int world)
    {
        string[] shards = ["train.virtual_shards=3"];
        var configuration = FrozenTeacherFile.Run(shards);
        var alone = (await RunAsync([LoneExchange.Instance], "alone"))[0];
        foreach (var observer in await RunAsync(await Formation.OfAsync(kind, world), "several"))
        {
            Assert.Equal(alone.Steps.Select(Measured), observer.Steps.Select(Measured));
            if (observer.Checkpoints.Count > 0)
            {
                AssertSameFiles(alone, observer);
            }
        }

        Task<RecordingObserver[]> RunAsync(IReadOnlyList<IShardExchange> members, string name) => Formation.RunAsync(members, exchange =>
        {
            var observer = new RecordingObserver();
            using var own = FrozenTeacher.Load(teacherFile);
            using var session = TrainingSession.Create(configuration, images, exchange: exchange, frozenTeacher: own);
            session.Run(observer, Path.Combine(folder, name), End);
            return observer;
        });
    }

    [Fact]
    public void Run_StepNotApplied_LetsNothingIntoTheQueue()
    {
        using var session = TrainingSession.Create(FrozenTeacherFile.Run(), images, frozenTeacher: teacher);
        using (no_grad())
        {
            session.Model.FlatWeights.First().fill_(float.NaN);
        }

        var before = session.Model.Queue!.Rows_LE.clone();
        session.Run(new RecordingObserver(), folder, End);

        Assert.Equal(0, session.Model.Queue.Oldest);
        Assert.True(before.equal(session.Model.Queue.Rows_LE).all().item<bool>());
    }

    [Fact]
    public void Restore_AnotherTeacher_IsRefused()
    {
        using (var session = TrainingSession.Create(FrozenTeacherFile.Run(), images, frozenTeacher: teacher))
        {
            session.Save(Path.Combine(folder, "saved"));
        }

        using var other = FrozenTeacher.Load(FrozenTeacherFile.Write(folder, "other.safetensors", TinyRun.Configuration(), seed: 12));
        var error = Assert.Throws<CheckpointException>(() => TrainingSession.Restore(Path.Combine(folder, "saved"), FrozenTeacherFile.Run(), images, frozenTeacher: other));

        Assert.Contains(teacher.Fingerprint, error.Message, StringComparison.Ordinal);
        Assert.Contains(other.Fingerprint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_TeacherThatDoesNotFit_NamesEveryFault()
    {
        string[] keys = ["seed.embedding_dim=48", "crops.global_crops_size=18", "student.patch_size=6", "augmentation.mean=[0.5, 0.5, 0.5]", "augmentation.std=[0.1, 0.2, 0.3]"];
        var error = Assert.Throws<FrozenTeacherException>(() => TrainingSession.Create(FrozenTeacherFile.Run(keys), images, frozenTeacher: teacher));

        Assert.Contains("its class token has 32 channels, seed.embedding_dim is 48", error.Message, StringComparison.Ordinal);
        Assert.Contains("multiples of 4, crops.global_crops_size is 18", error.Message, StringComparison.Ordinal);
        Assert.Contains("augmentation.mean=[0.485, 0.456, 0.406], here it is [0.5, 0.5, 0.5]", error.Message, StringComparison.Ordinal);
        Assert.Contains("augmentation.std=[0.229, 0.224, 0.225], here it is [0.1, 0.2, 0.3]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_TeacherAndConfigurationApart_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => TrainingSession.Create(FrozenTeacherFile.Run(), images));
        Assert.Throws<ArgumentException>(() => TrainingSession.Create(TinyRun.Configuration(), images, frozenTeacher: teacher));
        var error = Assert.Throws<NotSupportedException>(() => StepCalibration.Measure(FrozenTeacherFile.Run(), images, CPU, TimeProvider.System, End));
        Assert.Contains("seed.loss_weight", error.Message, StringComparison.Ordinal);
    }

    private static void AssertSameFiles(RecordingObserver expected, RecordingObserver actual)
    {
        foreach (var file in Directory.EnumerateFiles(expected.Checkpoints[^1].Folder))
        {
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(actual.Checkpoints[^1].Folder, Path.GetFileName(file))));
        }
    }

    private static string Measured(StepRecord record) => (record with { Seconds = 0, DataSeconds = 0, ExchangeSeconds = 0 }).ToJson();
}
