using Poa.Actors.Client;

namespace Poa.Actors.Dashboard.Api;

/// <summary>What the program and its cluster are.</summary>
internal static class SystemRoutes
{
    /// <summary>Adds the routes.</summary>
    public static void Map(RouteGroupBuilder reads) => reads.MapGet("/info", InfoAsync).WithName("getInfo").WithTags("System");

    /// <summary>Version, place of the blobs, and the benchmarks there are.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<ServerInfo> InfoAsync(PoaClient poa, CancellationToken cancellationToken)
    {
        var cluster = await poa.InfoAsync(cancellationToken);
        return new ServerInfo(cluster.Version, cluster.StartedAt, cluster.BlobStore, Benchmarks.Described);
    }
}

/// <summary>What the program and its cluster are.</summary>
/// <param name="Version">Version of the software.</param>
/// <param name="StartedAt">When the host was started.</param>
/// <param name="BlobStore">Where blobs are; holds no secret.</param>
/// <param name="Benchmarks">The benchmarks, with the units of their figures.</param>
internal sealed record ServerInfo(string Version, DateTimeOffset StartedAt, string BlobStore, IReadOnlyList<BenchmarkDescription> Benchmarks);
