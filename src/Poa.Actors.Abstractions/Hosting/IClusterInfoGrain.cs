using System.Collections.Immutable;

namespace Poa.Actors.Abstractions;

/// <summary>Says what a client needs to know about the cluster; key 0.</summary>
[Alias("poa.IClusterInfoGrain")]
public interface IClusterInfoGrain : IGrainWithIntegerKey
{
    /// <summary>Where things lie.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("Get")]
    Task<ClusterInfo> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>The active silos, by name.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("GetSilos")]
    Task<ImmutableArray<SiloStanding>> GetSilosAsync(CancellationToken cancellationToken = default);
}

/// <summary>What a client needs to know about the cluster.</summary>
/// <param name="BlobStore">Where blobs are: <c>folder:/path</c>, <c>azure:CONTAINER</c>. Never holds a secret.</param>
/// <param name="Version">Version of the software.</param>
/// <param name="StartedAt">When the host was started.</param>
[GenerateSerializer, Immutable, Alias("poa.ClusterInfo")]
public sealed record ClusterInfo(
    [property: Id(0)] string BlobStore,
    [property: Id(1)] string Version,
    [property: Id(2)] DateTimeOffset StartedAt);

/// <summary>A silo, as the cluster knows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Role">What it is for: Control, Worker or Both; empty if it has not said yet.</param>
/// <param name="Version">Version of its software; empty if it has not said yet.</param>
[GenerateSerializer, Immutable, Alias("poa.SiloStanding")]
public sealed record SiloStanding(
    [property: Id(0)] string Name,
    [property: Id(1)] string Role,
    [property: Id(2)] string Version)
{
    /// <summary>True if it keeps the books and takes clients.</summary>
    public bool IsControl => Role is "Control" or "Both";
}
