using Orleans.Configuration;

namespace Poa.Actors.Silo;

/// <summary>
/// How soon the death of a silo is noticed. With the defaults its grains are up again elsewhere within a few seconds; a silo that was
/// started after all others died waits for their rows to go stale, three times <see cref="AliveSignal"/>.
/// </summary>
public sealed record ClusterTimings
{
    /// <summary>Time between two probes of a silo, and the longest wait for an answer.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Probes in a row that a silo may miss before it is held for dead. The end of a process is noticed at once by its liveness connections
    /// (<see cref="LivenessListener"/>); this is for machines that go away, and the more, the longer a silo may be too busy to answer.
    /// </summary>
    public int MissedProbes { get; init; } = 4;

    /// <summary>Silos that must hold another for dead before it is.</summary>
    public int Votes { get; init; } = 1;

    /// <summary>Time between two looks into the membership table, beside what silos tell each other at once.</summary>
    public TimeSpan TableRefresh { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time between two signs of life in the membership table.</summary>
    public TimeSpan AliveSignal { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The longest wait of a silo for the answer of another; half of it is how often a silent stream gives a sign of life, for which
    /// clients wait 5 s.
    /// </summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Hands them to Orleans.</summary>
    internal void Apply(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = ProbeTimeout;
        membership.NumMissedProbesLimit = MissedProbes;
        membership.NumVotesForDeathDeclaration = Votes;
        membership.TableRefreshTimeout = TableRefresh;
        membership.IAmAliveTablePublishTimeout = AliveSignal;
    }

    /// <exception cref="PoaException">A value is out of range.</exception>
    internal void Check()
    {
        foreach (var (name, value) in (ReadOnlySpan<(string, TimeSpan)>)[("probe timeout", ProbeTimeout), ("table refresh", TableRefresh), ("sign of life", AliveSignal), ("call timeout", CallTimeout)])
        {
            if (value < TimeSpan.FromMilliseconds(100) || value > TimeSpan.FromMinutes(10))
            {
                throw new PoaException(ErrorCodes.InvalidArgument, $"The {name} of {value.TotalSeconds} s is not in [0.1, 600] s.", "Choose another.");
            }
        }

        if (MissedProbes < 1 || Votes < 1)
        {
            throw new PoaException(ErrorCodes.InvalidArgument, $"{MissedProbes} missed probes and {Votes} votes: both must be at least 1.", "Choose others.");
        }
    }
}
