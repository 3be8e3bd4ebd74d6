using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Poa.Elastic;
using Poa.Training.Exchange;
using Poa.Training.Exchange.Nccl;
using Poa.Training.Session;
using Poa.Training.Tests.Session;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Training.Tests.Exchange.Nccl;

/// <summary>
/// What can be tested of NCCL without cards: the missing library, the layout of what is passed, and, by way of a stand-in, the calls, the order of the
/// sums and the end of a wait for a member that is gone. Nothing here has run on a GPU.
/// </summary>
public sealed class NcclExchangeTests(FakeNccl nccl) : IClassFixture<FakeNccl>
{
    private const int Shards = 6;

    private static CancellationToken End => TestContext.Current.CancellationToken;

    [Fact]
    public void RequireVersion_LibraryMissing_NamesIt()
    {
        Assert.SkipWhen(nccl.IsInstalled, "NCCL is installed on this machine.");
        var error = Assert.IsType<NcclUnavailableException>(nccl.Missing);
        Assert.StartsWith("The library libnccl.so.2 cannot be loaded (", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Form_DeviceThatIsNoCard_SaysSo()
    {
        var error = Assert.Throws<NcclUnavailableException>(() => NcclExchange.Form(InProcessExchange.Form(2)[0], CPU, End));
        Assert.Contains("this worker's is cpu", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Sizes, offsets and values of nccl.h 2.30 (the configuration: of 2.14).</summary>
    [Fact]
    public void Declarations_HaveTheLayoutOfTheHeader()
    {
        Assert.Equal(128, Unsafe.SizeOf<NcclUniqueId>());
        Assert.Equal(24, Unsafe.SizeOf<NcclConfig>());
        Assert.Equal([0, 8, 12, 16], new[] { "Size", "Magic", "Version", "Blocking" }.Select(field => (int)Marshal.OffsetOf<NcclConfig>(field)));
        var config = NcclConfig.NonBlocking;
        Assert.Equal((24u, 0xcafebeef, 21400u, 0), ((uint)config.Size, config.Magic, config.Version, config.Blocking));
        Assert.Equal((6, 7, 8), ((int)NcclResult.RemoteError, (int)NcclResult.InProgress, (int)NcclResult.Timeout));
        Assert.Equal("2.30.5", NcclLibrary.Describe(23005));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    public async Task Sum_FromDeviceToDevice_HasTheBitsOfOneMember(int world)
    {
        Assert.SkipUnless(nccl.IsUsed, "There is no C compiler.");
        foreach (var length in new[] { 1, 5, 1000, 100_077 })
        {
            var expected = Sum(new ShardGroup(LoneExchange.Instance, Shards), length);
            var sums = await Formation.RunAsync(await Formation.OfAsync("in process", world), members =>
            {
                using var exchange = NcclExchange.Connect(members, static () => { }, End);
                var group = new ShardGroup(exchange, Shards);
                var sum = Sum(group, length);
                SayTheLastWord(group);
                return sum;
            });
            Assert.All(sums, sum => Assert.True(expected.AsSpan().SequenceEqual(sum)));
        }
    }

    [Fact]
    public async Task Sum_InManyRounds_HasTheBitsOfOneMember()
    {
        Assert.SkipUnless(nccl.IsUsed, "There is no C compiler.");
        const int Length = 10_007;
        var expected = Sum(new ShardGroup(LoneExchange.Instance, Shards), Length);
        var sums = await Formation.RunAsync(await Formation.OfAsync("in process", 4), members =>
        {
            using var scope = NewDisposeScope();
            using var exchange = NcclExchange.Connect(members, static () => { }, End);
            var group = new ShardGroup(exchange, Shards);
            var local = PairwiseSum.OfTensors();
            foreach (var (i, vector) in VectorsOf(group, Length).Index())
            {
                local.Push(group.Local.First + i, vector);
            }

            new DeviceReduction(exchange, exchange, Shards, bucket: 1000).Sum(local.Parts);
            SayTheLastWord(group);
            return local.Parts[0].Value.data<float>().ToArray();
        });
        Assert.All(sums, sum => Assert.True(expected.AsSpan().SequenceEqual(sum)));
    }

    [Fact]
    public async Task Run_OfASession_HasTheBitsOfOneMember()
    {
        Assert.SkipUnless(nccl.IsUsed, "There is no C compiler.");
        var root = TinyRun.TemporaryFolder();
        var configuration = TinyRun.Configuration("train.virtual_shards=3");
        var alone = await TrainAsync([LoneExchange.Instance], configuration, Path.Combine(root, "alone"), exchange => exchange);
        var both = await TrainAsync(
            await Formation.OfAsync("tcp", 2), configuration, Path.Combine(root, "both"), members => NcclExchange.Connect(members, static () => { }, End));
        Assert.Equal([alone[0], alone[0]], both);
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task Exchange_MemberIsGone_EndsTheWaitForItsDevice()
    {
        Assert.SkipUnless(nccl.IsUsed, "There is no C compiler.");
        var members = await Formation.OfAsync("tcp", 2);
        using var connected = new CountdownEvent(2);
        var errors = await Formation.RunAsync(members, member =>
        {
            using var exchange = NcclExchange.Connect(member, static () => { }, End);
            connected.Signal();
            connected.Wait(End);
            return member.Rank == 1 ? null : Record.Exception(() => Sum(new ShardGroup(exchange, Shards), 100));
        });
        Assert.Null(errors[1]);
        Assert.Contains("it has left", Assert.IsType<ShardLostException>(errors[0]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exchange_Cancelled_EndsTheWaitForADevice()
    {
        Assert.SkipUnless(nccl.IsUsed, "There is no C compiler.");
        using var cancel = new CancellationTokenSource();
        using var waiting = new CountdownEvent(1);
        using var ended = new CountdownEvent(1);
        var errors = await Formation.RunAsync(await Formation.OfAsync("in process", 2), member =>
        {
            using var exchange = NcclExchange.Connect(member, static () => { }, member.Rank == 0 ? cancel.Token : End);
            if (member.Rank == 1)
            {
                waiting.Wait(End);
                cancel.Cancel();
                ended.Wait(End); // takes part in no round
                return null;
            }

            waiting.Signal();
            var error = Record.Exception(() => Sum(new ShardGroup(exchange, Shards), 100));
            ended.Signal();
            return error;
        });
        Assert.IsAssignableFrom<OperationCanceledException>(errors[0]);
    }

    private static async Task<string[]> TrainAsync(
        IReadOnlyList<IShardExchange> members, PoaConfiguration configuration, string root, Func<IShardExchange, IShardExchange> connect) =>
        await Formation.RunAsync(members, member =>
        {
            using var exchange = connect(member);
            var observer = new RecordingObserver();
            using var session = TrainingSession.Create(configuration, new NoiseImages(40), exchange: exchange);
            session.Run(observer, root, End);
            return string.Join('\n', observer.Steps.Select(step => (step with { Seconds = 0, DataSeconds = 0, ExchangeSeconds = 0 }).ToJson()));
        });

    private static float[] Sum(ShardGroup group, int length)
    {
        using var scope = NewDisposeScope();
        return group.Sum([.. VectorsOf(group, length)]).data<float>().ToArray();
    }

    private static IEnumerable<Tensor> VectorsOf(ShardGroup group, int length) => Enumerable.Range(group.Local.First, group.Local.Count).Select(shard =>
    {
        using var generator = new Generator((ulong)(100 + shard));
        return randn(length, generator: generator);
    });

    // As each step ends: who leaves before is lost to the others.
    private static void SayTheLastWord(ShardGroup group) => group.Gather([.. Enumerable.Repeat(new double[] { 1 }, group.Local.Count)]);
}
