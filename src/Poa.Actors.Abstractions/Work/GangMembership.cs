using System.Collections.Immutable;

namespace Poa.Actors.Abstractions;

/// <summary>
/// The place of a lease in a gang: the leases of one run that are granted together and end together. When one is lost all are, and the
/// gang is formed anew under a higher generation.
/// </summary>
/// <param name="Generation">
/// Which forming of the gang this is: the fencing token of rank 0, so that it rises strictly. Members of different generations have
/// nothing to say to each other.
/// </param>
/// <param name="Rank">Place of this lease, from 0. Rank 0 reports progress and publishes checkpoints.</param>
/// <param name="Members">All members, by rank.</param>
[GenerateSerializer, Immutable, Alias("poa.GangMembership")]
public sealed record GangMembership(
    [property: Id(0)] long Generation,
    [property: Id(1)] int Rank,
    [property: Id(2)] ImmutableArray<GangMember> Members)
{
    /// <summary>Number of members, at least 2.</summary>
    public int World => Members.Length;
}

/// <summary>A member of a gang, as the others find it.</summary>
/// <param name="Shard">The shard that holds the lease: <see cref="ShardKey"/> as text.</param>
/// <param name="FencingToken">Token of its lease.</param>
/// <param name="Address">Where its process takes connections of other members (<see cref="IWorkExecutor.ExchangeAddress"/>); null if it takes none.</param>
[GenerateSerializer, Immutable, Alias("poa.GangMember")]
public sealed record GangMember(
    [property: Id(0)] string Shard,
    [property: Id(1)] long FencingToken,
    [property: Id(2)] string? Address = null);
