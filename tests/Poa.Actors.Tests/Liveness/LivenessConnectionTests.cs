using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Poa.Actors.Tests.Liveness;

/// <summary>When a silo is declared dead for its liveness connection, and when not.</summary>
public sealed class LivenessConnectionTests
{
    /// <summary>Well above the refusals in a row that count for anything.</summary>
    private const int ManyTries = 20;

    [Fact]
    public async Task Watch_NoConnectionEverStood_RefusalsAreNotBelieved()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var end = (IPEndPoint)listener.LocalEndpoint;
        listener.Dispose(); // a port that nobody listens on, as one that is not mapped

        var membership = new Membership(end);
        var clock = new HastyClock(ManyTries);
        await WatchingAsync(membership, end, clock, () => clock.Reached);
        Assert.False(membership.Killed.IsCompleted);
    }

    [Fact]
    public async Task Watch_ConnectionStoodAndIsRefusedAfterwards_SiloIsDeclaredDead()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var end = (IPEndPoint)listener.LocalEndpoint;
        var membership = new Membership(end);
        await WatchingAsync(membership, end, new HastyClock(ManyTries), async () =>
        {
            using (await listener.AcceptSocketAsync().WaitAsync(Wait.Limit))
            {
                listener.Dispose(); // the kernel closes the port and the connection with the process
            }

            await membership.Killed;
        });
        Assert.Equal(membership.Silo, await membership.Killed);
    }

    private static async Task WatchingAsync(Membership membership, IPEndPoint end, HastyClock clock, Func<Task> until)
    {
        using var stop = new CancellationTokenSource();
        var watching = new LivenessConnection(membership.Silo, end, membership, clock, NullLogger.Instance).WatchAsync(stop.Token);
        await until().WaitAsync(Wait.Limit);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    /// <summary>Every pause is over at once; tells when there have been so many.</summary>
    private sealed class HastyClock(int pauses) : TimeProvider
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _seen;

        public Task Reached => _reached.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (++_seen == pauses)
            {
                _reached.SetResult();
            }

            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }

    /// <summary>A membership with one active silo, which can be declared dead.</summary>
    private sealed class Membership(IPEndPoint end) : IClusterMembershipService
    {
        private readonly TaskCompletionSource<SiloAddress> _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SiloAddress Silo { get; } = SiloAddress.New(end, 1);

        public Task<SiloAddress> Killed => _killed.Task;

        public ClusterMembershipSnapshot CurrentSnapshot => new(
            ImmutableDictionary<SiloAddress, ClusterMember>.Empty.Add(Silo, new ClusterMember(Silo, SiloStatus.Active, "worker-1")), new MembershipVersion(1));

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => throw new NotSupportedException();

        public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public Task<bool> TryKill(SiloAddress siloAddress)
        {
            _killed.TrySetResult(siloAddress);
            return Task.FromResult(true);
        }
    }
}
