using Poa.Actors.Abstractions;
using Poa.Actors.Database;
using Poa.Testing;
using Poa.Worker;

namespace Poa.Actors.Silo.Tests.Cluster;

public sealed class ClusterHostSettingsTests
{
    private static readonly ClusterAddress Cluster = ClusterAddress.Parse("Host=db;Database=poa;Username=poa");

    [Fact]
    public void Read_NothingSet_DefaultsWithTheShippedTimings()
    {
        var options = Read([]);
        Assert.Equal((SiloRole.Both, ClusterHostOptions.DefaultSiloPort, ClusterHostOptions.DefaultGatewayPort), (options.Role, options.SiloPort, options.GatewayPort));
        Assert.Equal((TimeSpan.FromSeconds(1), 4, 1), (options.Timings.ProbeTimeout, options.Timings.MissedProbes, options.Timings.Votes));
        Assert.Equal((Environment.MachineName, null, null), (options.Name, options.AdvertisedAddress, options.HealthPort));
    }

    [Fact]
    public void Read_EverythingSet_AllTaken()
    {
        var options = Read(new()
        {
            ["POA_SILO_ROLE"] = "worker",
            ["POA_SILO_NAME"] = "worker-3",
            ["POA_ADVERTISED_ADDRESS"] = "10.0.0.3",
            ["POA_SILO_PORT"] = "12000",
            ["POA_GATEWAY_PORT"] = "0",
            ["POA_HEALTH_PORT"] = "8081",
            ["POA_BLOB_STORE"] = "azure:poa",
            ["POA_DEVICES"] = "cuda:0, cuda:1",
            ["POA_THREADS"] = "4",
            ["POA_DATA_ROOTS"] = "/data:/more",
            ["POA_EXCHANGE_PORT"] = "12001",
            ["POA_EXCHANGE_SECRET"] = "known to workers",
            ["POA_EXCHANGE"] = "nccl",
            ["POA_EXCHANGE_SILENCE"] = "90.5",
            ["POA_PROBE_TIMEOUT"] = "0.5",
            ["POA_MISSED_PROBES"] = "3",
            ["POA_DEATH_VOTES"] = "2",
            ["POA_TABLE_REFRESH"] = "7",
            ["POA_ALIVE_SIGNAL"] = "6",
            ["POA_CALL_TIMEOUT"] = "9",
            ["POA_LEASE_TIMEOUT"] = "5",
            ["POA_DRAIN_TIMEOUT"] = "90",
        });
        Assert.Equal((SiloRole.Worker, "worker-3", "10.0.0.3", 12000, (int?)null, 8081), (options.Role, options.Name, options.AdvertisedAddress, options.SiloPort, options.GatewayPort, options.HealthPort));
        Assert.Equal("azure:poa", options.BlobStore);
        Assert.Equal(["cuda:0", "cuda:1"], options.Devices);
        Assert.Equal(["/data", "/more"], options.DataRoots);
        Assert.Equal((4, 12001, "known to workers"), (options.Threads, options.ExchangePort, options.ExchangeSecret));
        Assert.Equal(GangTransport.Nccl, options.Transport);
        Assert.Equal(TimeSpan.FromSeconds(90.5), options.ExchangeSilence);
        Assert.DoesNotContain("known to workers", options.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            new ClusterTimings
            {
                ProbeTimeout = TimeSpan.FromSeconds(0.5),
                MissedProbes = 3,
                Votes = 2,
                TableRefresh = TimeSpan.FromSeconds(7),
                AliveSignal = TimeSpan.FromSeconds(6),
                CallTimeout = TimeSpan.FromSeconds(9),
            },
            options.Timings);
        var actors = new PoaActorsOptions();
        options.Actors!(actors);
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(90)), (actors.LeaseTimeout, actors.DrainTimeout));
        options.Check();
    }

    [Theory]
    [InlineData("POA_SILO_ROLE", "boss")]
    [InlineData("POA_SILO_PORT", "70000")]
    [InlineData("POA_THREADS", "many")]
    [InlineData("POA_PROBE_TIMEOUT", "1s")]
    [InlineData("POA_MISSED_PROBES", "0")]
    [InlineData("POA_EXCHANGE", "mpi")]
    [InlineData("POA_EXCHANGE", "1")]
    [InlineData("POA_EXCHANGE_SILENCE", "-1")]
    public void Read_AnythingElse_RefusedWithVariableAndValue(string variable, string value)
    {
        var e = Assert.Throws<PoaException>(() => Read(new() { [variable] = value }));
        Assert.Equal(ErrorCodes.InvalidArgument, e.Code);
        Assert.Contains(variable, e.Message, StringComparison.Ordinal);
        Assert.Contains(value, e.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Contradictions => new()
    {
        { "POA_SILO_ROLE=worker POA_BLOB_STORE=azure:poa", "no devices" },
        { "POA_SILO_ROLE=control POA_BLOB_STORE=azure:poa POA_DEVICES=cpu", "does no work" },
        { "POA_SILO_ROLE=control", "No blob store" },
        { "POA_BLOB_STORE=azure:poa POA_SILO_NAME=a/b", "'a/b'" },
        { "POA_BLOB_STORE=azure:poa POA_PROBE_TIMEOUT=0.01", "probe timeout" },
        { "POA_BLOB_STORE=azure:poa POA_EXCHANGE_SILENCE=0.5", "silence of 0.5 s" },
    };

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void Check_Contradiction_Refused(string environment, string expected)
    {
        var options = Read(environment.Split(' ').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]));
        Assert.Contains(expected, Assert.Throws<PoaException>(options.Check).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_TlsAndNccl_RefusedSinceNcclEncryptsNothing()
    {
        var folder = Directory.CreateTempSubdirectory("poa-tls-").FullName;
        using var authority = new TestAuthority(folder, "ours");
        var (certificate, key) = authority.Issue("worker-1");
        var options = Read(new() { ["POA_BLOB_STORE"] = "azure:poa", ["POA_DEVICES"] = "cuda:0", ["POA_EXCHANGE"] = "nccl" });
        options.Check();
        var e = Assert.Throws<PoaException>((options with { Cluster = Cluster with { Tls = ClusterTls.Load(certificate, key, authority.File) } }).Check);
        Assert.Contains("POA_EXCHANGE", e.Error.Remedy, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private static ClusterHostOptions Read(Dictionary<string, string> environment) =>
        ClusterHostSettings.Read(Cluster, "/home", name => environment.GetValueOrDefault(name));
}
