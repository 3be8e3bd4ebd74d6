using Poa.Training.Exchange;
using Poa.Worker.Gangs;
using Xunit;

namespace Poa.Worker.Tests.Gangs;

public sealed class MemberWatchTests : IDisposable
{
    private readonly CancellationTokenSource abandon = new();

    [Fact]
    public async Task Look_MemberLostWhileItIsNeeded_AbandonsTheTrainingAndSaysWho()
    {
        var error = await Assert.ThrowsAsync<ShardLostException>(new MemberWatch(new LostExchange(), () => true, abandon).LookAsync);
        Assert.Contains("Member 1", error.Message, StringComparison.Ordinal);
        Assert.True(abandon.IsCancellationRequested);
    }

    [Fact]
    public async Task Look_MemberLostAfterTheLastStep_IsNotMissed()
    {
        await new MemberWatch(new LostExchange(), () => false, abandon).LookAsync();
        Assert.False(abandon.IsCancellationRequested);
    }

    [Fact]
    public async Task Look_NobodyLost_GoesOn()
    {
        await new MemberWatch(null, () => true, abandon).LookAsync();
        await new MemberWatch(InProcessExchange.Form(2)[0], () => true, abandon).LookAsync();
        Assert.False(abandon.IsCancellationRequested);
    }

    public void Dispose() => abandon.Dispose();

    private sealed class LostExchange : IShardExchange
    {
        public int Rank => 0;

        public int World => 2;

        public void ThrowIfLost() => throw new ShardLostException(1, "Member 1", "the connection broke");

        public void ThrowIfLeft() => ThrowIfLost();

        public void Send(int peer, ReadOnlySpan<byte> message) => ThrowIfLost();

        public void Receive(int peer, Span<byte> message, CancellationToken cancellationToken = default) => ThrowIfLost();

        public void Dispose()
        {
        }
    }
}
