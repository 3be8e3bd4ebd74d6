using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Browser.Tests.Browsing;
using Poa.Elastic;
using Poa.EndToEnd.Tests.Processes;
using Xunit;

namespace Poa.Browser.Tests.Pages;

/// <summary>A dashboard that has been used for a while: two trained runs, one with a hostile name, an evaluation of the grid, and pictures of a cell.</summary>
public sealed class UsedDashboard : IAsyncLifetime
{
    public const string Run = "used";
    public const string OtherRun = "hostile";
    public const string Sweep = "sweep-used";
    public const string HostileName = "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>";
    private static readonly EvaluationData Data = new("demo?split=train", "demo?split=test");
    private TemporaryHome? home;
    private DashboardProcess? process;

    public Uri Address => process!.Address;

    public async ValueTask InitializeAsync()
    {
        home = new TemporaryHome();
        process = await DashboardProcess.StartAsync(home);
        await using var client = await PoaClient.ConnectAsync(home.Folder);
        await client.Runs.StartAsync(Configuration("optim.epochs=3"), Data.Train, Run, "first try");
        await client.Runs.StartAsync(Configuration("optim.epochs=2", "optim.lr=0.001"), Data.Train, OtherRun, HostileName);
        await client.Runs.WaitAsync(Run);
        await client.Runs.WaitAsync(OtherRun);
        await client.Sweeps.StartAsync(Run, Data, subNetworks: ["48x2", "64x3", "80x4", "96x5"], sweep: Sweep);
        await client.Sweeps.WaitAsync(Sweep);
        await client.Sweeps.WaitAsync((await client.Sweeps.StartAsync(OtherRun, Data, subNetworks: ["48x2", "96x5"])).Specification.SweepId);
        await client.Sweeps.WaitAsync((await client.Sweeps.StartAsync(
            Run, Data, Benchmarks.Attention, ["96x5"], options: new Dictionary<string, string> { ["pictures"] = "2" })).Specification.SweepId);
        // A job that fails, to be shown with its reason: the folder has no images.
        await client.Sweeps.WaitAsync((await client.Sweeps.StartAsync(Run, new EvaluationData("folder:/nowhere", "folder:/nowhere"), subNetworks: ["48x2"])).Specification.SweepId);
        await client.Extractions.WaitAsync(await client.Extractions.StartAsync(Run, "48x2"));
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await process.DisposeAsync();
        }

        home?.Dispose();
    }

    private static PoaConfiguration Configuration(params string[] overrides) => PoaConfiguration.Load(
        ConfigurationPresets.Sources("demo-quick"), ["train.batch_size_per_gpu=8", "train.threads=1", "train.OFFICIAL_EPOCH_LENGTH=20", "optim.warmup_epochs=0", .. overrides]);
}
