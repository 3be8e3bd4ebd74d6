using System.Collections.Concurrent;
using Poa.Elastic;
using Poa.Training.Exchange;
using Poa.Training.Session;
using Poa.Training.Tests.Exchange;
using Xunit;

namespace Poa.Training.Tests.Session;

/// <summary>A run gives the same bits whoever computes its virtual shards.</summary>
public sealed class DataParallelTests : IDisposable
{
    private readonly string root = TinyRun.TemporaryFolder();
    private readonly NoiseImages images = new(40);

    private static CancellationToken End => TestContext.Current.CancellationToken;

    public static TheoryData<string, int, string[]> Formations => new()
    {
        { "tcp", 2, ["optim.ibot_activate_epochs=1"] },
        { "in process", 3, ["train.shared_sub_network=true"] },
        { "tcp", 4, ["train.centering=centering", "optim.ibot_activate_epochs=1"] },
        { "in process", 2, ["student.elastic=false", "train.centering=centering"] },
        { "tcp", 2, ["teacher.elastic=true", "train.centering=centering", "student.mode=random"] },
        { "in process", 4, ["ibot.separate_head=true", "ibot.head_n_prototypes=[20, 12]", "ibot.head_hidden_dim=32", "ibot.head_bottleneck_dim=8"] },
    };

    [Fact]
    public async Task Run_FiftyStepsByTwoMembers_HasTheBitsOfOneHoweverTheyAreConnected()
    {
        var configuration = TinyRun.Configuration("train.virtual_shards=2", "train.batch_size_per_gpu=32", "train.OFFICIAL_EPOCH_LENGTH=5", "optim.epochs=10");
        var alone = (await RunAsync([LoneExchange.Instance], configuration, "alone"))[0];
        Assert.Equal(50, alone.Steps.Count);
        Assert.True(alone.Steps[^1].Loss < alone.Steps[0].Loss);
        foreach (var kind in new[] { "in process", "tcp" })
        {
            AssertSame(alone, await RunAsync(await Formation.OfAsync(kind, 2), configuration, kind));
        }
    }

    [Theory]
    [MemberData(nameof(Formations))]
    public async Task Run_FourShardsByAnyFormation_HaveTheBitsOfOneMember(string kind, int world, string[] overrides)
    {
        string[] all = ["train.virtual_shards=4", "train.batch_size_per_gpu=8", .. overrides];
        var configuration = TinyRun.Configuration(all);
        var alone = (await RunAsync([LoneExchange.Instance], configuration, "alone"))[0];
        AssertSame(alone, await RunAsync(await Formation.OfAsync(kind, world), configuration, "several"));

        // Each shard has an elastic student of its own, or all have the same, or none has one.
        int[] students = [.. alone.Steps.Select(step => step.SubNetwork.Split(StepRecord.SubNetworkSeparator).Length).Distinct()];
        Assert.Equal(configuration.Train.SharedSubNetwork || !configuration.Student.Elastic, students is [1]);
    }

    [Fact]
    public async Task Run_OneMemberAskedToStop_AllStopAfterTheSameStepAndAnotherFormationGoesOn()
    {
        string[] overrides = ["train.virtual_shards=6", "train.centering=centering"];
        var configuration = TinyRun.Configuration(overrides);
        var unbroken = (await RunAsync([LoneExchange.Instance], configuration, "unbroken"))[0];

        using var stop = new CancellationTokenSource();
        var observers = new RecordingObserver[] { new(), new(stop, stopAfterSteps: 4), new() };
        var outcomes = await Formation.RunAsync(await Formation.OfAsync("in process", 3), exchange =>
        {
            using var session = TrainingSession.Create(configuration, images, exchange: exchange);
            return session.Run(observers[exchange.Rank], Path.Combine(root, "first"), exchange.Rank == 1 ? stop.Token : End);
        });
        Assert.All(outcomes, outcome => Assert.Equal(SessionOutcome.Stopped, outcome));
        var steps = Assert.Single(observers.Select(observer => observer.Steps.Count).Distinct());
        Assert.Equal(5, steps); // asked after the fourth, told in the fifth
        Assert.Equal(steps, observers[0].Checkpoints[^1].Iteration);

        var second = (await RunAsync(await Formation.OfAsync("tcp", 2), configuration, "second", observers[0].Checkpoints[^1].Folder))[0];
        Assert.Equal(unbroken.Steps.Select(Measured), observers[0].Steps.Concat(second.Steps).Select(Measured));
        AssertSameFiles(unbroken.Checkpoints[^1].Folder, second.Checkpoints[^1].Folder);
    }

    [Theory]
    [InlineData("in process")]
    [InlineData("tcp")]
    public async Task Run_MemberFails_TheOthersAreToldWhoIsLost(string kind)
    {
        var configuration = TinyRun.Configuration("train.virtual_shards=3");
        var errors = new ConcurrentDictionary<int, Exception>();
        await Formation.RunAsync(await Formation.OfAsync(kind, 3), exchange =>
        {
            using var session = TrainingSession.Create(configuration, images, exchange: exchange);
            errors[exchange.Rank] = Record.Exception(() => session.Run(exchange.Rank == 2 ? new FailingObserver() : new RecordingObserver(), Path.Combine(root, "run"), End))!;
            return session.Iteration;
        });
        Assert.IsType<IOException>(errors[2]);
        Assert.Contains("Member 2", Assert.IsType<ShardLostException>(errors[0]).Message, StringComparison.Ordinal);
        Assert.IsType<ShardLostException>(errors[1]);
    }

    [Fact]
    public async Task Run_Abandoned_EndsTheWaitForTheOthersWithoutACheckpoint()
    {
        var configuration = TinyRun.Configuration("train.virtual_shards=2");
        var members = InProcessExchange.Form(2); // the second never comes
        using var abandon = new CancellationTokenSource();
        var observer = new RecordingObserver();
        var running = Formation.RunAsync([members[0]], exchange =>
        {
            using var session = TrainingSession.Create(configuration, images, exchange: exchange);
            return session.Run(observer, root, End, abandon.Token);
        });
        await abandon.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.DoesNotContain(observer.Checkpoints, checkpoint => checkpoint.Iteration > 0);
    }

    [Theory]
    [InlineData("train.seed=8", "another configuration")]
    [InlineData("train.threads=2", "another configuration, thread count")]
    public async Task Run_MembersOfDifferentConfiguration_AreRefused(string difference, string fault)
    {
        var errors = await Formation.RunAsync(await Formation.OfAsync("in process", 2), exchange =>
        {
            string[] overrides = ["train.virtual_shards=2", .. exchange.Rank == 1 ? [difference] : Array.Empty<string>()];
            using var session = TrainingSession.Create(TinyRun.Configuration(overrides), images, exchange: exchange);
            return Record.Exception(() => session.Run(new RecordingObserver(), root, End));
        });
        Assert.All(errors, error => Assert.Contains($"Member 1 of 2 has {fault}", Assert.IsType<FormationMismatchException>(error).Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_MembersOfDifferentWeights_AreRefused()
    {
        var configuration = TinyRun.Configuration("train.virtual_shards=2");
        var errors = await Formation.RunAsync(await Formation.OfAsync("tcp", 2), exchange =>
        {
            using var session = TrainingSession.Create(configuration, images, exchange: exchange);
            if (exchange.Rank == 1)
            {
                using var noGrad = TorchSharp.torch.no_grad();
                session.Model.FlatWeights.First().add_(1e-6f);
            }

            return Record.Exception(() => session.Run(new RecordingObserver(), root, End));
        });
        Assert.All(errors, error => Assert.Contains("Member 1 of 2 has other weights", Assert.IsType<FormationMismatchException>(error).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Create_MoreMembersThanVirtualShards_IsRefused() => Assert.Contains(
        "train.virtual_shards",
        Assert.Throws<ArgumentOutOfRangeException>(() => TrainingSession.Create(TinyRun.Configuration(), images, exchange: InProcessExchange.Form(2)[0])).Message,
        StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(root, recursive: true);

    private async Task<RecordingObserver[]> RunAsync(IReadOnlyList<IShardExchange> members, PoaConfiguration configuration, string name, string? from = null) =>
        await Formation.RunAsync(members, exchange =>
        {
            var observer = new RecordingObserver();
            using var session = from is null
                ? TrainingSession.Create(configuration, images, exchange: exchange)
                : TrainingSession.Restore(from, configuration, images, exchange: exchange);
            Assert.Equal(SessionOutcome.Completed, session.Run(observer, Path.Combine(root, name), End));
            return observer;
        });

    private static void AssertSame(RecordingObserver alone, RecordingObserver[] members)
    {
        Assert.All(members, member => Assert.Equal(alone.Steps.Select(Measured), member.Steps.Select(Measured)));
        Assert.All(members[1..], member => Assert.Empty(member.Checkpoints)); // the first writes them
        Assert.Equal(alone.Checkpoints.Select(c => c.Iteration), members[0].Checkpoints.Select(c => c.Iteration));
        foreach (var (expected, actual) in alone.Checkpoints.Zip(members[0].Checkpoints))
        {
            AssertSameFiles(expected.Folder, actual.Folder);
        }

        Assert.All(members, member => Assert.All(member.Steps, step => Assert.InRange(step.ExchangeSeconds, double.Epsilon, step.Seconds)));
        Assert.All(alone.Steps, step => Assert.Equal(0, step.ExchangeSeconds));
    }

    private static void AssertSameFiles(string expected, string actual)
    {
        string[] files = [.. Directory.EnumerateFiles(expected).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        Assert.Equal(5, files.Length);
        Assert.All(files, file => Assert.True(File.ReadAllBytes(Path.Combine(expected, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(actual, file))), file));
    }

    // Everything but the times.
    private static string Measured(StepRecord record) => (record with { Seconds = 0, DataSeconds = 0, ExchangeSeconds = 0 }).ToJson();

    private sealed class FailingObserver : ISessionObserver
    {
        public void OnStep(StepRecord record)
        {
            if (record.Iteration == 3)
            {
                throw new IOException("the disk is full");
            }
        }

        public void OnCheckpoint(string folder, long iteration)
        {
        }

        public void OnEvent(SessionEvent sessionEvent)
        {
        }
    }
}
