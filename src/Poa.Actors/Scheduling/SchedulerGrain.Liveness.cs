namespace Poa.Actors;

/// <summary>
/// Which shards are lost: those of silos that the cluster's membership holds for dead. It hears of the end of a process at once
/// (<see cref="SiloFailureDetector"/>), of a machine that went away within seconds, by probes. The verdict is final: the silo it fell on ends itself, and all
/// others have stopped talking to it by then. A short time-out on heartbeats would notice as much, and take their work from processes that are
/// merely slow; silence is the second line, for a silo that is there while its shard is not heard of.
/// </summary>
internal sealed partial class SchedulerGrain
{
    /// <summary>
    /// Silence before this time is no fault of a shard: this grain was just activated, or its process stood still, and heard nobody.
    /// </summary>
    private DateTimeOffset _awakeSince;

    /// <summary>Why a lease is lost; null if it stands.</summary>
    private WorkError? LossOf(Assignment lease, DateTimeOffset now)
    {
        if (lease.Silo is { } silo && IsDead(SiloAddress.FromParsableString(silo)))
        {
            return new WorkError(
                ErrorCodes.WorkerLost,
                $"The worker process of {lease.Shard} ended, or does not answer any more.",
                "See whether its machine is up and not out of memory, and look at the log of the process.",
                Retryable: true);
        }

        return _shards.TryGetValue(lease.Shard, out var book) && !IsSilent(book, now)
            ? null
            : new WorkError(
                ErrorCodes.WorkerLost,
                $"{lease.Shard} has been silent for {_options.LeaseTimeout.TotalSeconds:0} s.",
                "See whether its process is alive and the machine is not out of memory.",
                Retryable: true);
    }

    private bool IsGone(ShardBook book, DateTimeOffset now) => IsSilent(book, now) || (book.Silo is { } silo && IsDead(silo));

    private bool IsSilent(ShardBook book, DateTimeOffset now) => SilenceOf(book, now) > _options.LeaseTimeout;

    private TimeSpan SilenceOf(ShardBook book, DateTimeOffset now) => now - (book.LastSeen > _awakeSince ? book.LastSeen : _awakeSince);

    private bool IsDead(SiloAddress silo) => membership.CurrentSnapshot.GetSiloStatus(silo) == SiloStatus.Dead;
}
