using System.Collections.Concurrent;
using Poa.Actors.Client;
using Poa.Actors.Database;
using Poa.EndToEnd.Tests.Processes;
using Poa.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(PostgresServer))]
[assembly: AssemblyFixture(typeof(AzuriteServer))]

namespace Poa.EndToEnd.Tests.Cluster;

/// <summary>
/// A cluster of real processes on 127.0.0.1: silos over a PostgreSQL data base and an Azurite container of their own, configured as
/// containers are, by environment variables and a mounted secret.
/// </summary>
public sealed class ProcessCluster : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private readonly TemporaryHome home = new();
    private readonly ConcurrentBag<PoaProcess> processes = [];
    private readonly Dictionary<string, string> environment;

    private ProcessCluster(ClusterAddress address, AzuriteServer azurite)
    {
        Address = address;
        File.WriteAllText(home.PathOf("database-secret"), address.ConnectionString + "\n");
        environment = new Dictionary<string, string>
        {
            [ClusterAddress.DatabaseVariable + "_FILE"] = home.PathOf("database-secret"),
            ["POA_BLOB_CONNECTION"] = azurite.ConnectionString,
            ["POA_BLOB_STORE"] = $"azure:{azurite.NewContainer()}",
            ["POA_EXCHANGE_SECRET"] = "known to these workers",
            ["POA_ADVERTISED_ADDRESS"] = "127.0.0.1",
            ["POA_SILO_PORT"] = "0",
            ["POA_GATEWAY_PORT"] = "0",
            ["POA_HEALTH_PORT"] = "0",
        };
    }

    public ClusterAddress Address { get; }

    /// <summary>What commands and silos are told of this machine.</summary>
    public IReadOnlyDictionary<string, string> Environment => environment;

    /// <summary>A folder of the test.</summary>
    public TemporaryHome Home => home;

    public static async Task<ProcessCluster> CreateAsync(PostgresServer postgres, AzuriteServer azurite)
    {
        var address = ClusterAddress.Parse(await postgres.NewDatabaseAsync());
        await azurite.StartAsync();
        return new ProcessCluster(address, azurite);
    }

    /// <summary>Tells commands and silos something more, or something else.</summary>
    public void Set(string variable, string value) => environment[variable] = value;

    /// <summary>Starts what docker-compose.yml runs in the container of a service, told the same but for addresses of this machine.</summary>
    /// <param name="service">Name of the service.</param>
    /// <param name="name">Name of the silo, where it is another one.</param>
    public PoaProcess Service(string service, string? name = null)
    {
        var told = ComposeFile.Services[service].Map("environment").ToDictionary(pair => pair.Key, pair => ((YamlDotNet.RepresentationModel.YamlScalarNode)pair.Value).Value!);
        told["POA_DATA_ROOTS"] = "";
        told["POA_SILO_NAME"] = name ?? service;
        foreach (var (variable, value) in environment)
        {
            told[variable] = value;
        }

        var process = PoaProcess.Start(home.Folder, told, ComposeFile.Command(service));
        processes.Add(process);
        return process;
    }

    /// <summary>Starts the silo of a service, and waits until it is a member.</summary>
    public async Task<PoaProcess> SiloAsync(string service)
    {
        var process = Service(service);
        await process.WaitForTextAsync("ready:", StartLimit);
        return process;
    }

    /// <summary>Makes the tables as the service for that does.</summary>
    public async Task<PoaResult> InitAsync()
    {
        var result = await Service("database-init").WaitAsync(StartLimit);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result;
    }

    /// <summary>Runs a command to its end, which is to be a good one.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        await using var process = PoaProcess.Start(home.Folder, Environment, arguments);
        var result = await process.WaitAsync(TimeSpan.FromSeconds(150));
        Assert.True(result.ExitCode == 0, $"poa {string.Join(' ', arguments)}: {result}");
        return result.Output;
    }

    public Task<PoaClient> ConnectAsync() => PoaClient.ConnectAsync(Address);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }

        home.Dispose();
    }
}
