using Poa.Actors.Database;
using Poa.EndToEnd.Tests.Processes;
using Poa.Testing;
using Xunit;

namespace Poa.EndToEnd.Tests.Cluster;

/// <summary>A cluster of real processes whose silos, clients and training workers know each other by certificates of one authority.</summary>
public sealed class TlsTests(PostgresServer postgres, AzuriteServer azurite)
{
    private const int Unavailable = 4;

    [Fact]
    public async Task Cluster_WithCertificates_WorksForThoseThatHaveThemAndTellsTheOthersWhy()
    {
        await using var cluster = await ProcessCluster.CreateAsync(postgres, azurite);
        await cluster.InitAsync();
        using var ours = new TestAuthority(cluster.Home.Folder, "ours");
        using var theirs = new TestAuthority(cluster.Home.Folder, "theirs");
        foreach (var silo in (string[])["control-1", "worker-1", "worker-2"])
        {
            Show(cluster, ours.Issue(silo), ours.File);
            await cluster.SiloAsync(silo);
        }

        // Client to gateway, silo to silo, worker to worker.
        Show(cluster, ours.Issue("client"), ours.File);
        Assert.Contains("completed", await cluster.RunAsync(
            [.. TinyRun.Arguments, "train.OFFICIAL_EPOCH_LENGTH=12", "train.virtual_shards=2", "--shards", "2", "--min-shards", "2"]), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("The cluster is well.", await cluster.RunAsync("doctor", "--cluster"), StringComparison.Ordinal);

        await RefusedAsync(cluster, "the silo speaks TLS, and this client is not set up for it", ClusterTls.CertificateVariable, ClusterTls.KeyVariable, ClusterTls.AuthorityVariable);
        Show(cluster, theirs.Issue("stranger"), theirs.File);
        await RefusedAsync(cluster, "this client does not take the silo's certificate");

        // Trusts the cluster, and is not trusted by it.
        var both = Path.Combine(cluster.Home.Folder, "both.pem");
        await File.WriteAllTextAsync(both, await File.ReadAllTextAsync(ours.File) + "\n" + await File.ReadAllTextAsync(theirs.File));
        Show(cluster, theirs.Issue("intruder"), both);
        await RefusedAsync(cluster, "the silo does not take this client's certificate");
        cluster.Set(ClusterTls.AuthorityVariable, ours.File);
        await RefusedAsync(cluster, "is not signed by a trusted authority");
    }

    private static void Show(ProcessCluster cluster, (string Certificate, string Key) own, string authority)
    {
        cluster.Set(ClusterTls.CertificateVariable, own.Certificate);
        cluster.Set(ClusterTls.KeyVariable, own.Key);
        cluster.Set(ClusterTls.AuthorityVariable, authority);
    }

    private static async Task RefusedAsync(ProcessCluster cluster, string expected, params string[] without)
    {
        var environment = cluster.Environment.Where(pair => !without.Contains(pair.Key)).ToDictionary();
        await using var process = PoaProcess.Start(cluster.Home.Folder, environment, "runs");
        var result = await process.WaitAsync(TimeSpan.FromSeconds(150));
        Assert.True(result.ExitCode == Unavailable && result.Error.Contains(expected, StringComparison.Ordinal), result.ToString());
        Assert.Contains(ClusterTls.AuthorityVariable, result.Error, StringComparison.Ordinal);
    }
}
