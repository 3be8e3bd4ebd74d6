using System.Diagnostics;
using System.Globalization;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.EndToEnd.Tests.Cluster;
using Poa.EndToEnd.Tests.Processes;
using Poa.Testing;
using Xunit;

namespace Poa.EndToEnd.Tests.Chaos;

/// <summary>
/// PostgreSQL, Azurite, two control silos, three workers and a client. While a run with two shards and a sweep of 30 jobs are under way,
/// processes are killed and PostgreSQL is stopped; all comes to the same as in an undisturbed cluster, and nothing is left lying about.
/// POA_CHAOS_SEED replays a plan, POA_CHAOS_KILLS says how many processes it kills.
/// </summary>
[Collection(WholeMachine.Name)]
public sealed class ChaosTests
{
    private static readonly string[] Workers = ["worker-1", "worker-2", "worker-3"];
    private static readonly string[] Controls = ["control-1", "control-2"];
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(10);

    // The same plan every time: what changes in its results is then due to a change of the program, or of the machine's speed.
    private const int UsualSeed = 21;

    /// <summary>A strike that waits for progress does not wait longer.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly Stopwatch clock = Stopwatch.StartNew();

    [Fact]
    public async Task Cluster_ProcessesKilledAndDataBaseStopped_ComesToTheSameAndLeavesNothingBehind()
    {
        var plan = ChaosPlan.For(Setting("POA_CHAOS_SEED", UsualSeed), Setting("POA_CHAOS_KILLS", 20), Workers, Controls);
        Say($"POA_CHAOS_SEED={plan.Seed} POA_CHAOS_KILLS={plan.Strikes.Count} replays this.");
        await using var postgres = new PostgresServer();
        await using var azurite = new AzuriteServer();
        await using var cluster = await ProcessCluster.CreateAsync(postgres, azurite);
        cluster.Set("TMPDIR", Directory.CreateDirectory(cluster.Home.PathOf("tmp")).FullName);
        cluster.Set("DOTNET_EnableDiagnostics", "0"); // whose sockets a killed process leaves among the temporary files
        await cluster.InitAsync();
        var silos = new Dictionary<string, SupervisedSilo>();
        try
        {
            await StartAsync(cluster, silos);
            await using var client = await ConnectAsync(cluster);
            await ChaosWork.StartRunAsync(client, ChaosWork.Calm);
            Assert.Equal(RunStatus.Completed, (await client.Runs.WaitAsync(ChaosWork.Calm)).Status);
            await azurite.StopAsync(); // which writes all down: what the sweep works on was there for long
            await azurite.StartAsync();
            Say("The undisturbed run is done.");

            await ChaosWork.StartRunAsync(client, ChaosWork.Run);
            await ChaosWork.StartSweepAsync(client);
            await StrikeAsync(plan, silos, client, postgres, azurite);
            await EndAsync(client, silos);
            await ChaosWork.AssertSameAsync(cluster, client);
            await ChaosWork.AssertNothingLeftAsync(cluster, client, Workers);
            Say("All is the same, and nothing is left.");
        }
        catch
        {
            Say($"The words of all processes are in {await KeepAsync(plan, silos)}.");
            throw;
        }
        finally
        {
            foreach (var silo in silos.Values)
            {
                await silo.DisposeAsync();
            }
        }
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>The control silos one after the other: a cluster begins with one.</summary>
    private async Task StartAsync(ProcessCluster cluster, Dictionary<string, SupervisedSilo> silos)
    {
        foreach (var name in Controls)
        {
            silos.Add(name, new SupervisedSilo(cluster, Controls[0], name));
            await silos[name].ReadyAsync();
        }

        foreach (var name in Workers)
        {
            silos.Add(name, new SupervisedSilo(cluster, Workers[0], name));
        }

        await Task.WhenAll(silos.Values.Select(silo => silo.ReadyAsync()));
        Say("All silos are there.");
    }

    /// <summary>The one client; on a machine that is busy with the start of all others it may take more than one try.</summary>
    private static async Task<PoaClient> ConnectAsync(ProcessCluster cluster)
    {
        PoaClient? client = null;
        await Until.TrueAsync("a connection", async () =>
        {
            try
            {
                client = await cluster.ConnectAsync();
                return true;
            }
            catch (PoaException e) when (e.Code == ErrorCodes.HostUnreachable)
            {
                return false;
            }
        });
        return client!;
    }

    private async Task StrikeAsync(ChaosPlan plan, Dictionary<string, SupervisedSilo> silos, PoaClient client, PostgresServer postgres, AzuriteServer azurite)
    {
        await using var watch = new ProgressWatch(client, ChaosWork.Run, ChaosWork.Steps);
        foreach (var (strike, i) in plan.Strikes.Select((strike, i) => (strike, i)))
        {
            if (i == plan.OutageBefore)
            {
                Say("PostgreSQL is stopped.");
                await postgres.StopAsync();
                await Task.Delay(Outage);
                await postgres.StartAsync();
                Say("PostgreSQL is there again.");
            }

            await watch.WaitAsync(strike.Progress, LongestWait);
            await Task.Delay(strike.Delay);
            Say($"Kill {i + 1}: {strike.Victim}, {watch.Progress:P0} of the run seen done.");
            if (strike.Victim == ChaosPlan.Azurite)
            {
                await azurite.KillAsync();
                await azurite.StartAsync();
            }
            else
            {
                await silos[strike.Victim].KillAsync();
            }
        }
    }

    private async Task EndAsync(PoaClient client, Dictionary<string, SupervisedSilo> silos)
    {
        RunSnapshot run = null!;
        await Until.TrueAsync("the end of the run", async () => (run = await client.Runs.GetAsync(ChaosWork.Run)).Status.IsFinished(), seconds: 240, every: Often);
        Say($"The run is {run.Status} after {run.Attempts} attempts.");
        run.Events.ToList().ForEach(e => Say($"    {e.Time:T} {e.Message}"));
        var sweep = await EndOfSweepAsync(client);
        // Two workers ended with the same evaluation: it looks like one that ends them, and waits for somebody who knows better.
        if (sweep.Jobs.Count(job => job.Status == JobStatus.Quarantined) is > 0 and var quarantined)
        {
            Say($"The sweep is {sweep.Status}: {quarantined} of its evaluations were hit twice and are quarantined. They are retried by request.");
            await client.Sweeps.RetryFailedAsync(ChaosWork.Sweep);
            sweep = await EndOfSweepAsync(client);
        }

        Say($"The sweep is {sweep.Status} after {sweep.Jobs.Sum(job => job.Attempts)} attempts at {sweep.Jobs.Length} jobs.");
        foreach (var silo in silos.Values)
        {
            Say($"{silo.Name}: {silo.Lives.Count} lives, of which {silo.EndedByThemselves.Count} ended by themselves.");
        }

        Assert.True(run.Status == RunStatus.Completed, $"{run.Error}\n{string.Join('\n', run.Events.Select(e => $"{e.Time:T} {e.Message}"))}");
        Assert.True(sweep.Status == SweepStatus.Completed, string.Join('\n', sweep.Events.Select(e => $"{e.Time:T} {e.Message}")));
    }

    private static async Task<SweepSnapshot> EndOfSweepAsync(PoaClient client)
    {
        SweepSnapshot sweep = null!;
        await Until.TrueAsync("the end of the sweep", async () => (sweep = await client.Sweeps.GetAsync(ChaosWork.Sweep)).IsFinished, seconds: 240, every: Often);
        return sweep;
    }

    private static async Task<string> KeepAsync(ChaosPlan plan, Dictionary<string, SupervisedSilo> silos)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "chaos", $"{plan.Seed}")).FullName;
        foreach (var silo in silos.Values)
        {
            foreach (var (life, i) in silo.Lives.Select((life, i) => (life, i)))
            {
                await File.WriteAllTextAsync(Path.Combine(folder, $"{silo.Name}-{i:D2}.log"), life.Output + life.Error);
            }
        }

        return folder;
    }

    private void Say(string message) => TestContext.Current.TestOutputHelper!.WriteLine($"{clock.Elapsed.TotalSeconds,6:F1} s  {message}");
}
