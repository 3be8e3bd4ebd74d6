using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Poa.Training.Exchange;
using Poa.Training.Exchange.Tcp;
using Xunit;

namespace Poa.Training.Tests.Exchange;

public sealed class TcpExchangeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(6L, "secret", "generation 6 is stale")]
    [InlineData(7L, "guess", "the token is not that of the formation")]
    public async Task FormAsync_MemberOfAnotherFormation_IsRefusedAndTheFormationStands(long generation, string token, string reason)
    {
        using var first = TcpShardListener.Open(IPAddress.Loopback);
        using var second = TcpShardListener.Open(IPAddress.Loopback);
        using var stale = TcpShardListener.Open(IPAddress.Loopback);
        string[] members = [first.EndPoint.ToString(), second.EndPoint.ToString()];
        var forming = TcpExchange.FormAsync(first, new("run", 7, "secret", 0, members), cancellationToken: Stop);

        // Someone who is no member at all, and says so or nothing.
        using var mute = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await mute.ConnectAsync(first.EndPoint, Stop);
        using var stranger = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await stranger.ConnectAsync(first.EndPoint, Stop);
        await stranger.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Stop);

        var error = await Assert.ThrowsAsync<ShardRefusedException>(
            () => TcpExchange.FormAsync(stale, new("run", generation, token, 1, [members[0], stale.EndPoint.ToString()]), cancellationToken: Stop));
        Assert.Contains($"Member 0 ({members[0]})", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);

        using var joined = await TcpExchange.FormAsync(second, new("run", 7, "secret", 1, members), cancellationToken: Stop);
        using var formed = await forming.WaitAsync(Formation.Limit, Stop);
        Assert.Equal((0, 2, 1), (formed.Rank, formed.World, joined.Rank));
    }

    [Fact]
    public async Task FormAsync_SeveralRunsAndMembersInOneProcess_ShareItsListener()
    {
        using var here = TcpShardListener.Open(IPAddress.Loopback);
        string[] members = [.. Enumerable.Repeat(here.EndPoint.ToString(), 3)];
        var forming = new[] { "run", "other" }.SelectMany(run => Enumerable.Range(0, 3).Select(
            rank => TcpExchange.FormAsync(here, new(run, 7, "secret", rank, members), cancellationToken: Stop)));

        var formed = await Task.WhenAll(forming).WaitAsync(Formation.Limit, Stop);

        var arrived = new byte[1];
        for (var run = 0; run < 2; run++)
        {
            formed[3 * run].Send(2, [(byte)(40 + run)]);
        }

        for (var run = 0; run < 2; run++)
        {
            formed[(3 * run) + 2].Receive(0, arrived, Stop);
            Assert.Equal(40 + run, arrived[0]);
        }

        Array.ForEach(formed, member => member.Dispose());
    }

    [Fact]
    public async Task FormAsync_EarlierFormationStillThere_WaitsUntilItHasGivenWay()
    {
        using var here = TcpShardListener.Open(IPAddress.Loopback);
        string[] members = [.. Enumerable.Repeat(here.EndPoint.ToString(), 2)];
        using var gone = new CancellationTokenSource();
        var earlier = TcpExchange.FormAsync(here, new("run", 6, "old", 0, members), cancellationToken: gone.Token);
        var second = TcpExchange.FormAsync(here, new("run", 7, "secret", 1, members), cancellationToken: Stop);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => earlier);

        using var first = await TcpExchange.FormAsync(here, new("run", 7, "secret", 0, members), cancellationToken: Stop).WaitAsync(Formation.Limit, Stop);
        using var joined = await second.WaitAsync(Formation.Limit, Stop);
        Assert.Equal((0, 1), (first.Rank, joined.Rank));
    }

    [Fact]
    public async Task FormAsync_MemberDoesNotCome_NamesIt()
    {
        using var here = TcpShardListener.Open(IPAddress.Loopback);
        using var nobody = TcpShardListener.Open(IPAddress.Loopback);
        var error = await Assert.ThrowsAsync<ShardLostException>(() => TcpExchange.FormAsync(
            here,
            new("run", 7, "secret", 0, [here.EndPoint.ToString(), nobody.EndPoint.ToString()]),
            new() { Formation = TimeSpan.FromMilliseconds(200) },
            cancellationToken: Stop));
        Assert.Equal(1, error.Rank);
        Assert.Contains($"Member 1 ({nobody.EndPoint}) of run run, generation 7, is lost to the run: it did not come within 0.2 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FormAsync_MemberCannotBeReached_SaysWhatTheLastTryMet()
    {
        using var here = TcpShardListener.Open(IPAddress.Loopback);
        IPEndPoint closed;
        using (var gone = TcpShardListener.Open(IPAddress.Loopback))
        {
            closed = gone.EndPoint;
        }

        var error = await Assert.ThrowsAsync<ShardLostException>(() => TcpExchange.FormAsync(
            here,
            new("run", 7, "secret", 1, [closed.ToString(), here.EndPoint.ToString()]),
            new() { Formation = TimeSpan.FromSeconds(1) },
            cancellationToken: Stop));
        Assert.Equal(0, error.Rank);
        Assert.Contains("it did not come within 1 s (last try: Connection refused", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FormAsync_Cancelled_GivesUp()
    {
        using var here = TcpShardListener.Open(IPAddress.Loopback);
        using var cancel = new CancellationTokenSource();
        var forming = TcpExchange.FormAsync(here, new("run", 7, "secret", 1, ["127.0.0.1:1", here.EndPoint.ToString()]), cancellationToken: cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => forming.WaitAsync(Formation.Limit, Stop));
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("host:0")]
    [InlineData(":70000")]
    public async Task FormAsync_NoAddress_IsRefused(string address)
    {
        using var here = TcpShardListener.Open(IPAddress.Loopback);
        var error = await Assert.ThrowsAsync<FormatException>(
            () => TcpExchange.FormAsync(here, new("run", 7, "secret", 1, [address, here.EndPoint.ToString()]), cancellationToken: Stop));
        Assert.Contains($"'{address}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receive_PeerVanishes_IsToldAtOnceAndWhoItWas()
    {
        // A relay between two members stands for the process of the second: cutting it is what the end of that process looks like.
        await using var relay = await Relay.FormAsync(ExchangeTimings.Default, Stop);
        var waiting = Task.Run(() => relay.First.Receive(1, new byte[1], Stop), Stop);
        var started = Stopwatch.GetTimestamp();
        relay.Cut();
        var error = await Assert.ThrowsAsync<ShardLostException>(() => waiting.WaitAsync(Formation.Limit, Stop));
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Equal(1, error.Rank);
        Assert.Contains($"Member 1 ({relay.SecondAddress})", error.Message, StringComparison.Ordinal);
        Assert.Throws<ShardLostException>(relay.First.ThrowIfLost);
        Assert.Throws<ShardLostException>(() => relay.First.Send(1, [1]));
    }

    [Fact]
    public async Task ThrowIfLost_PeerSilentForTooLong_IsNoticedWhileNothingIsAwaited()
    {
        await using var relay = await Relay.FormAsync(new() { Silence = TimeSpan.FromSeconds(2) }, Stop);
        relay.Freeze();
        var started = Stopwatch.GetTimestamp();
        ShardLostException? lost = null;
        while (lost is null && Stopwatch.GetElapsedTime(started) < Formation.Limit)
        {
            lost = (ShardLostException?)Record.Exception(relay.First.ThrowIfLost);
            await Task.Delay(20, Stop);
        }

        Assert.Contains("nothing was heard of it for 2 s", lost!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receive_PeerSilentForManyHeartbeats_WaitsForItAsLongAsItIsConnected()
    {
        await using var relay = await Relay.FormAsync(new() { Heartbeat = TimeSpan.FromMilliseconds(50) }, Stop);
        relay.Freeze();
        relay.Second.Send(0, [42]);
        var arrived = new byte[1];
        var waiting = Task.Run(() => relay.First.Receive(1, arrived, Stop), Stop);
        await Assert.ThrowsAsync<TimeoutException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(2), Stop));
        relay.First.ThrowIfLost();
        relay.Thaw();
        await waiting.WaitAsync(Formation.Limit, Stop);
        Assert.Equal(42, arrived[0]);
    }

    [Fact]
    public async Task Dispose_FormationAbandoned_WaitsForNobody()
    {
        var isAbandoned = false;
        await using var relay = await Relay.FormAsync(new() { Parting = Timeout.InfiniteTimeSpan }, Stop, () => Volatile.Read(ref isAbandoned));
        relay.Freeze();
        Volatile.Write(ref isAbandoned, true);
        await Task.Run(relay.First.Dispose, Stop).WaitAsync(Formation.Limit, Stop);
    }
}
