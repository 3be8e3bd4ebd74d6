using System.Diagnostics;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.EndToEnd.Tests.Processes;
using Poa.Testing;
using Xunit;

namespace Poa.EndToEnd.Tests.Cluster;

/// <summary>A control silo that is killed holds nobody up for long: the others notice, and its grains are up again there.</summary>
[Collection(WholeMachine.Name)]
public sealed class ControlSiloLossTests(PostgresServer postgres, AzuriteServer azurite)
{
    [Fact]
    public async Task ControlSilo_Killed_CommandsAreAnsweredAgainByTheOther()
    {
        await using var cluster = await ProcessCluster.CreateAsync(postgres, azurite);
        await cluster.InitAsync();
        string[] names = ["control-1", "control-2"];
        var silos = names.Zip(await Task.WhenAll(names.Select(name => cluster.SiloAsync(name)))).ToDictionary(pair => pair.First, pair => pair.Second);
        await Task.WhenAll(silos.Values.Select(silo => silo.WaitForTextAsync("is watched by a connection", TimeSpan.FromSeconds(30))));
        await using var client = await cluster.ConnectAsync();
        await CreateRunAsync(client, "before");
        var holder = await HolderOfSchedulerAsync(client);

        await silos[holder].KillAsync();
        var clock = Stopwatch.StartNew();
        // Both need grains that the killed silo held; a client that gave up on them would fail here.
        await client.QueueAsync();
        await CreateRunAsync(client, "after");
        TestContext.Current.TestOutputHelper!.WriteLine($"{clock.Elapsed.TotalSeconds:F1} s from the kill of the silo that held the scheduler to commands answered again");

        // It was not probes that told: those would have taken four seconds.
        await silos.Single(silo => silo.Key != holder).Value.WaitForTextAsync("nobody listens at", TimeSpan.FromSeconds(30));

        // What was acknowledged before is there, and so is a command in a process of its own.
        Assert.Equal(["after", "before"], (await client.Runs.ListAsync()).Select(run => run.RunId).Order());
        Assert.Contains("before", await cluster.RunAsync("runs"), StringComparison.Ordinal);

        // The killed silo comes back under its name and is taken in again.
        await cluster.SiloAsync(holder);
        await Until.TrueAsync("two silos", async () => (await client.Cluster.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true)).Count == 2, every: TimeSpan.FromMilliseconds(100));
    }

    private static async Task CreateRunAsync(PoaClient client, string id)
    {
        var run = client.Cluster.GetGrain<ITrainingRunGrain>(id);
        await run.CreateAsync(new RunSpecification { RunId = id, ConfigurationYaml = "student:\n  arch: vit\n", Data = "demo" });
        await run.StartAsync();
    }

    private static async Task<string> HolderOfSchedulerAsync(PoaClient client)
    {
        var management = client.Cluster.GetGrain<IManagementGrain>(0);
        await client.QueueAsync();
        var scheduler = (await management.GetDetailedGrainStatistics()).Single(grain => grain.GrainId.Type.ToString() == "scheduler");
        var hosts = await management.GetDetailedHosts(onlyActive: true);
        return hosts.Single(host => host.SiloAddress.Equals(scheduler.SiloAddress)).SiloName;
    }
}
