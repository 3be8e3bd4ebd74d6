using System.Collections.Immutable;
using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Training.Exchange;
using Poa.Worker.Execution;
using Poa.Worker.Tests.Work;
using Xunit;

namespace Poa.Worker.Tests.Gangs;

/// <summary>Workers that train one run together, each with a device and a process's listener of its own, and the blob store in common.</summary>
public sealed class GangTrainingTests : IDisposable
{
    private const int Members = 2;

    private static readonly string Yaml = ConfigurationPresets.Load("demo", [.. TinyRun.Overrides, "train.virtual_shards=2"]).ToYaml();

    private readonly WorkBench alone = new();
    private readonly WorkBench first = new();
    private readonly WorkBench second;

    public GangTrainingTests() => second = new WorkBench(first.Blobs);

    public void Dispose()
    {
        second.Dispose();
        first.Dispose();
        alone.Dispose();
    }

    [Fact]
    public async Task Execute_TwoMembers_EqualOneWorkerBitForBitAndPublishOnce()
    {
        await TrainAloneAsync();

        var completions = await Task.WhenAll(Train(generation: 1));

        Assert.Equal(await alone.SeriesAsync(), await first.SeriesAsync());
        Assert.Equal(await alone.HashAsync(TinyRun.Steps), await first.HashAsync(TinyRun.Steps));
        Assert.Equal([0, 3, 6, 8], first.Reporter.Of<RunCheckpoint>().Select(checkpoint => checkpoint.Iteration));
        Assert.Empty(second.Reporter.Of<RunCheckpoint>());
        Assert.Equal((TinyRun.Steps, true), (completions[0].Cost!.Iterations, completions[1].Cost is null));
    }

    [Fact]
    public async Task Execute_OneMemberAskedToStop_AllStopAfterTheSameStepAndGoOn()
    {
        await TrainAloneAsync();
        using var stop = new StopSignal();
        using var others = new StopSignal();
        var leaving = new StoppingReporter(3, () => stop.Request(StopReason.Drain), first.Reporter);

        Task<WorkCompletion>[] members =
        [
            first.Trainer.ExecuteAsync(Context(first, 0, 1, others, leaving)),
            second.Trainer.ExecuteAsync(Context(second, 1, 1, stop)),
        ];
        foreach (var member in members)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => member);
        }

        Assert.Equal((StopReason.Regroup, StopReason.Drain), (others.Reason, stop.Reason));
        await Task.WhenAll(Train(generation: 2));
        Assert.Equal(await alone.SeriesAsync(), await first.SeriesAsync());
        Assert.Equal(await alone.HashAsync(TinyRun.Steps), await first.HashAsync(TinyRun.Steps));
    }

    [Fact]
    public async Task Execute_MemberLosesItsLease_TheOtherSaysWhoIsGoneAndAloneGoesOn()
    {
        await TrainAloneAsync();
        using var lost = new StopSignal();
        using var stop = new StopSignal();
        var losing = new StoppingReporter(3, () => lost.Request(StopReason.LeaseLost), first.Reporter);

        var rest = first.Trainer.ExecuteAsync(Context(first, 0, 1, stop, losing));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.Trainer.ExecuteAsync(Context(second, 1, 1, lost)));
        var error = await Assert.ThrowsAsync<ShardLostException>(() => rest);

        Assert.Contains(second.Gangs.Address, error.Message, StringComparison.Ordinal);
        Assert.Equal((ErrorCodes.ShardLost, true), (WorkErrors.From(error).Code, WorkErrors.From(error).Retryable));
        using var again = new StopSignal();
        await first.Trainer.ExecuteAsync(first.Context(new TrainingShardWork(TinyRun.Id, Yaml, "demo"), again));
        Assert.Equal(await alone.SeriesAsync(), await first.SeriesAsync());
        Assert.Equal(await alone.HashAsync(TinyRun.Steps), await first.HashAsync(TinyRun.Steps));
    }

    [Fact]
    public async Task Execute_RunDiverges_RankZeroTellsOfItAndAllGoOnAfterTheRollback()
    {
        var yaml = ConfigurationPresets.Load("demo", [.. TinyRun.Overrides, "train.virtual_shards=2", "optim.lr=1.0e+37", "guard.skipped_steps=4"]).ToYaml();
        using var stop = new StopSignal();
        using var other = new StopSignal();
        var lead = first.Trainer.ExecuteAsync(Context(first, 0, 1, stop, yaml: yaml));
        var follow = second.Trainer.ExecuteAsync(Context(second, 1, 1, other, yaml: yaml));
        var divergence = (await Assert.ThrowsAsync<TrainingDivergedException>(() => lead)).Divergence;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => follow);
        Assert.Equal((1, 4, StopReason.Regroup), (divergence.FirstStep, divergence.LastStep, other.Reason));

        foreach (var bench in new[] { alone, first, second })
        {
            bench.Reporter.Course = new RunCourse([0], 1e-40);
        }

        await Task.WhenAll(Train(generation: 2, yaml));
        await TrainAloneAsync(yaml);
        Assert.Equal(await alone.SeriesAsync(), await first.SeriesAsync());
        Assert.Equal(await alone.HashAsync(TinyRun.Steps), await first.HashAsync(TinyRun.Steps));
    }

    [Fact]
    public async Task Execute_MoreMembersThanVirtualShards_NamesTheKey()
    {
        using var stop = new StopSignal();
        var context = Context(first, 0, 1, stop);
        var work = new TrainingShardWork(TinyRun.Id, TinyRun.Yaml, "demo", 0, Members);

        var error = await Assert.ThrowsAsync<PoaException>(() => first.Trainer.ExecuteAsync(context with { Lease = context.Lease with { Work = work } }));

        Assert.Equal(ErrorCodes.InvalidArgument, error.Code);
        Assert.Contains("train.virtual_shards", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_MemberWithoutAddress_NamesItsShard()
    {
        using var stop = new StopSignal();
        var lease = Context(first, 0, 1, stop).Lease;
        var gang = lease.Gang! with { Members = [lease.Gang.Members[0], lease.Gang.Members[1] with { Address = null }] };

        var error = await Assert.ThrowsAsync<PoaException>(() => first.Gangs.JoinAsync(lease with { Gang = gang }, stop));

        Assert.Contains("worker-1/cpu", error.Message, StringComparison.Ordinal);
    }

    private async Task TrainAloneAsync(string? yaml = null)
    {
        using var stop = new StopSignal();
        await alone.Trainer.ExecuteAsync(alone.Context(new TrainingShardWork(TinyRun.Id, yaml ?? Yaml, "demo"), stop));
    }

    private Task<WorkCompletion>[] Train(long generation, string? yaml = null) =>
        [TrainAsync(first, 0, generation, yaml), TrainAsync(second, 1, generation, yaml)];

    private async Task<WorkCompletion> TrainAsync(WorkBench bench, int rank, long generation, string? yaml)
    {
        using var stop = new StopSignal();
        return await bench.Trainer.ExecuteAsync(Context(bench, rank, generation, stop, yaml: yaml));
    }

    private WorkContext Context(WorkBench bench, int rank, long generation, StopSignal stop, IWorkReporter? reporter = null, string? yaml = null)
    {
        ImmutableArray<GangMember> members = [new("worker-0/cpu", 10 * generation, first.Gangs.Address), new("worker-1/cpu", (10 * generation) + 1, second.Gangs.Address)];
        var context = bench.Context(new TrainingShardWork(TinyRun.Id, yaml ?? Yaml, "demo", rank, Members), stop, reporter);
        return context with { Lease = context.Lease with { Gang = new(10 * generation, rank, members) } };
    }
}
