namespace Poa.Actors.Abstractions;

/// <summary>Says what a client needs to know about the cluster; key 0.</summary>
[Alias("poa.IClusterInfoGrain")]
public interface IClusterInfoGrain : IGrainWithIntegerKey
{
    /// <summary>Where things lie.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("Get")]
    Task<ClusterInfo> GetAsync(CancellationToken cancellationToken = default);
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
