using System.Collections.Immutable;

namespace Poa.Actors;

/// <summary>What the scheduler knows of a shard; mostly in memory only, since shards register again by themselves.</summary>
internal sealed class ShardBook(string shard, string incarnation, DeviceDescription device)
{
    /// <summary>Key of the shard.</summary>
    public string Shard { get; } = shard;

    /// <summary>The life of its worker process.</summary>
    public string Incarnation { get; set; } = incarnation;

    /// <summary>Its device.</summary>
    public DeviceDescription Device { get; set; } = device;

    /// <summary>Where its process takes connections of other members of a gang.</summary>
    public string? Address { get; set; }

    /// <summary>The silo of its process; null while that is not known.</summary>
    public SiloAddress? Silo { get; set; }

    /// <summary>False for a shard that is only known from the stored state and has not been heard of yet.</summary>
    public bool IsRegistered { get; set; }

    /// <summary>The last sign of life.</summary>
    public DateTimeOffset LastSeen { get; set; }

    /// <summary>How its process and machine were at the last sign of life.</summary>
    public ShardVitals? Vitals { get; set; }

    /// <summary>True if its host goes down: it takes no more work.</summary>
    public bool IsDraining { get; set; }

    /// <summary>What it said that it works on.</summary>
    public ImmutableArray<HeldLease> Held { get; set; } = [];

    /// <summary>Its seat for a lease.</summary>
    public Seat Seat => new(Shard, Incarnation, Address, Silo);
}
