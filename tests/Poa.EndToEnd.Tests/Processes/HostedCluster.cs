using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;

namespace Poa.EndToEnd.Tests.Processes;

/// <summary><c>poa up</c> as a process, with a client that also reaches the grains.</summary>
public sealed class HostedCluster : IAsyncDisposable
{
    private readonly IHost client;

    private HostedCluster(PoaProcess process, IHost client)
    {
        Process = process;
        this.client = client;
        Grains = client.Services.GetRequiredService<IClusterClient>();
        Client = new PoaClient(Grains);
    }

    public PoaProcess Process { get; }

    public IClusterClient Grains { get; }

    public PoaClient Client { get; }

    public static async Task<HostedCluster> StartAsync(TemporaryHome home, params string[] arguments)
    {
        var process = PoaProcess.Start(home, ["up", .. arguments]);
        try
        {
            await process.WaitForTextAsync("ready:", TimeSpan.FromSeconds(60));
            var file = HostFile.TryRead(home.Folder) ?? throw new InvalidOperationException("The host is ready without host.json.");
            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            builder.UseOrleansClient(orleans => orleans.UseLocalhostClustering(file.GatewayPort, file.ServiceId, file.ClusterId));
            var client = builder.Build();
            await client.StartAsync();
            return new HostedCluster(process, client);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>The run once it is completed, failed or cancelled.</summary>
    public async Task<RunSnapshot> EndOfRunAsync(string id)
    {
        RunSnapshot run = null!;
        await Until.TrueAsync("the end of the run", async () => (run = await Client.Runs.GetAsync(id)).Status.IsFinished(), every: TimeSpan.FromMilliseconds(20));
        return run;
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Process.DisposeAsync();
        // The process is gone: an orderly good-bye to it would only wait.
        await client.StopAsync(new CancellationToken(canceled: true)).ContinueWith(static _ => { }, TaskScheduler.Default);
        client.Dispose();
    }
}
