using System.Collections.Immutable;

namespace Poa.Actors;

/// <summary>The leases of a run, one for each shard that works on it, as functions from state to state.</summary>
internal static class RunGang
{
    /// <summary>Takes up what was granted. All leases of a gang are known from any one of them, so that it is whole from the first on.</summary>
    public static RunState Granted(RunState state, WorkLease lease) => lease.Gang is { } gang
        ? state with
        {
            Lease = Hold(gang.Members[0]),
            Others = [.. gang.Members.Skip(1).Select(Hold)],
        }
        : state with { Lease = LeaseHold.Granted(lease), Others = [] };

    /// <summary>Which forming of the gang a lease belongs to.</summary>
    public static long GenerationOf(WorkLease lease) => lease.Gang?.Generation ?? lease.FencingToken;

    /// <summary>Place of a work item among the leases of its run, from 0; -1 for one that there is no lease for.</summary>
    public static int RankOf(RunState state, string workId)
    {
        for (var rank = 0; rank <= state.Others.Length; rank++)
        {
            if (workId == WorkId.Training(state.Specification!.RunId, rank))
            {
                return rank;
            }
        }

        return -1;
    }

    /// <summary>What is known of the lease of a rank.</summary>
    public static LeaseHold HoldOf(RunState state, int rank) => rank switch
    {
        < 0 => LeaseHold.None,
        0 => state.Lease,
        _ => state.Others[rank - 1],
    };

    /// <summary>One lease comes to an end; the others go on.</summary>
    public static RunState EndOne(RunState state, int rank, LeasePhase phase)
    {
        var ended = HoldOf(state, rank) with { Phase = phase };
        return rank == 0 ? state with { Lease = ended } : state with { Others = state.Others.SetItem(rank - 1, ended) };
    }

    /// <summary>One lease comes to an end and all that are still held are lost with it.</summary>
    public static RunState EndAll(RunState state, int rank, LeasePhase phase)
    {
        state = EndOne(state, rank, phase);
        return state with { Lease = Lost(state.Lease), Others = [.. state.Others.Select(Lost)] };
    }

    /// <summary>True while a shard works under one of the leases.</summary>
    public static bool IsAnyHeld(RunState state) => Held(state).Any();

    /// <summary>The shards that work on it, by rank.</summary>
    public static ImmutableArray<string> Shards(RunState state) => [.. Held(state).Select(hold => hold.Shard!)];

    private static IEnumerable<LeaseHold> Held(RunState state) => state.Others.Prepend(state.Lease).Where(hold => hold.Phase == LeasePhase.Held);

    private static LeaseHold Hold(GangMember member) => new(member.FencingToken, LeasePhase.Held, member.Shard);

    private static LeaseHold Lost(LeaseHold hold) => hold.Phase == LeasePhase.Held ? hold with { Phase = LeasePhase.Lost } : hold;
}
