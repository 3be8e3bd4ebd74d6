namespace Poa.Actors;

/// <summary>What an owner knows of the lease on its work. Fencing: only reports under the newest, held lease are taken in.</summary>
/// <param name="FencingToken">Token of the newest lease heard of; 0 before the first.</param>
/// <param name="Phase">What has become of it.</param>
/// <param name="Shard">Who holds or held it.</param>
internal sealed record LeaseHold(long FencingToken = 0, LeasePhase Phase = LeasePhase.None, string? Shard = null)
{
    /// <summary>No lease yet.</summary>
    public static LeaseHold None { get; } = new();

    /// <summary>How a report under a token is to be treated.</summary>
    public ReportStanding Judge(WorkReport report) => Phase switch
    {
        LeasePhase.Held when report.FencingToken == FencingToken => ReportStanding.Current,
        // The answer to the last report was lost on the way and the worker repeats it.
        LeasePhase.Ended when report.FencingToken == FencingToken => ReportStanding.Repeated,
        _ => ReportStanding.Stale,
    };

    /// <summary>The lease as it is granted.</summary>
    public static LeaseHold Granted(WorkLease lease) => new(lease.FencingToken, LeasePhase.Held, lease.Shard);

    /// <summary>True if this loss concerns the lease that is held.</summary>
    public bool IsHeldUnder(long fencingToken) => Phase == LeasePhase.Held && FencingToken == fencingToken;
}

/// <summary>What has become of a lease.</summary>
internal enum LeasePhase
{
    /// <summary>There was none.</summary>
    None,

    /// <summary>Work goes on under it.</summary>
    Held,

    /// <summary>The worker reported an end.</summary>
    Ended,

    /// <summary>It was lost.</summary>
    Lost,
}

/// <summary>How a report is to be treated.</summary>
internal enum ReportStanding
{
    /// <summary>Take it in.</summary>
    Current,

    /// <summary>It was taken in before: accept without effect.</summary>
    Repeated,

    /// <summary>Refuse it.</summary>
    Stale,
}
