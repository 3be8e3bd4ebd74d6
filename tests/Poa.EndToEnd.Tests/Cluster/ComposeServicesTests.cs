using System.Diagnostics;
using Poa.Actors.Database;
using Poa.EndToEnd.Tests.Processes;
using Poa.Storage;
using Poa.Testing;
using Xunit;

namespace Poa.EndToEnd.Tests.Cluster;

/// <summary>
/// Every container of docker-compose.yml without containers: its command as a process, told what the file tells it, and its health check.
/// PostgreSQL and Azurite are those of the fixtures, the latter by the command of the file.
/// </summary>
[Collection(WholeMachine.Name)]
public sealed class ComposeServicesTests(PostgresServer postgres, AzuriteServer azurite)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Services_AllAtOnce_StartAndPassTheirHealthChecks()
    {
        await using var cluster = await ProcessCluster.CreateAsync(postgres, azurite);
        await PostgresIsReadyAsync();
        var started = new List<string>();
        // Each when what it depends on is there.
        while (ComposeFile.OfPoa.Keys.Except(started).FirstOrDefault(service => ComposeFile.OfPoa[service].Map("depends_on").Keys.Intersect(ComposeFile.OfPoa.Keys).All(started.Contains)) is { } next)
        {
            await StartAsync(cluster, next);
            started.Add(next);
        }

        Assert.Equal(ComposeFile.OfPoa.Keys.Order(), started.Order());
        var workers = await cluster.RunAsync("workers");
        Assert.All((string[])["worker-1/cpu", "worker-2/cpu"], shard => Assert.Contains(shard, workers, StringComparison.Ordinal));
    }

    [Fact]
    public async Task MakeSecrets_Twice_GivesWhatTheServicesReadAndKeepsIt()
    {
        using var home = new TemporaryHome();
        var folder = home.PathOf("secrets");
        await MakeSecretsAsync(folder);
        var secrets = ComposeFile.Root.Map("secrets").Keys.ToDictionary(name => name, name => File.ReadAllText(Path.Combine(folder, name)));
        Assert.Equal(secrets.Keys.Order(), Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Order());
        var address = ClusterAddress.Parse(secrets["database"]);
        Assert.Equal(("database:5432", "poa", true), (address.Server, address.Database, address.HasPassword));
        Assert.Contains(secrets["database-password"], secrets["database"], StringComparison.Ordinal);
        Assert.Contains("http://blobs:10000", AzureBlobStore.FromConnectionString(secrets["blobs"], "poa").Description, StringComparison.Ordinal);
        Assert.True(secrets["exchange"].Length >= 32);

        await MakeSecretsAsync(folder);
        Assert.All(secrets, secret => Assert.Equal(secret.Value, File.ReadAllText(Path.Combine(folder, secret.Key))));
    }

    private static async Task StartAsync(ProcessCluster cluster, string service)
    {
        const string announced = "health: port ";
        if (ComposeFile.Command(service)[0] == "db")
        {
            await cluster.InitAsync();
            return;
        }

        if (ComposeFile.Command(service)[0] != "silo")
        {
            await cluster.Service(service).WaitForTextAsync("dashboard: ", Limit);
            return;
        }

        var silo = await cluster.SiloAsync(service);
        await silo.WaitForTextAsync(announced, Limit);
        var port = silo.Output.Split('\n').Single(line => line.StartsWith(announced, StringComparison.Ordinal))[announced.Length..].Trim();
        var environment = cluster.Environment.ToDictionary();
        environment["POA_HEALTH_PORT"] = port;
        string[] check = ComposeFile.Services[service].Texts("healthcheck", "test");
        Assert.Equal(["CMD", "poa"], check[..2]);
        await using var health = PoaProcess.Start(cluster.Home.Folder, environment, check[2..]);
        var result = await health.WaitAsync(Limit);
        Assert.True(result.ExitCode == 0 && result.Output.Trim() == "active", result.ToString());
    }

    private async Task PostgresIsReadyAsync()
    {
        string[] check = ComposeFile.Services["database"].Texts("healthcheck", "test");
        Assert.Equal("CMD", check[0]);
        await RunAsync(PostgresServer.Find(check[1]), [.. check[2..], "--host", "127.0.0.1", "--port", $"{postgres.Port}"]);
    }

    private static Task MakeSecretsAsync(string folder) => RunAsync("bash", [Path.Combine(Repository.Root, "infra", "containers", "make-secrets.sh"), folder]);

    private static async Task RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {error}");
    }
}
