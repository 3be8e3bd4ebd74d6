using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Hosting;
using Poa.Actors.Silo;
using Poa.Storage;

namespace Poa.Benchmarks.Dashboard;

/// <summary>The host that is measured, in a process of its own: grains, dashboard, and a worker that computes nothing.</summary>
internal sealed class DashboardServer : IDisposable
{
    /// <summary>First argument of the process that serves.</summary>
    public const string Command = "serve-dashboard";

    private readonly Process process;

    private DashboardServer(Process process, Uri address) => (this.process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Processor time that the server has used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    public long ResidentBytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>Starts the process and waits until the store is filled and pages are served.</summary>
    public static async Task<DashboardServer> StartAsync(string home)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        start.ArgumentList.Add(Command);
        start.ArgumentList.Add(home);
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Uri.TryCreate(line, UriKind.Absolute, out var address))
            {
                return new DashboardServer(process, address);
            }
        }

        throw new InvalidOperationException("The server ended before it served; its words are above.");
    }

    /// <summary>What the process does: fills the store, says where it serves, and serves until it is killed.</summary>
    public static async Task ServeAsync(string home)
    {
        EmbeddedHost? host = null;
        host = await EmbeddedHost.StartAsync(new EmbeddedHostOptions
        {
            Home = home,
            Devices = [],
            Configure = builder => builder.Services.AddSingleton<IWorkExecutor>(services => new InstantWorker(services.GetRequiredService<IBlobStore>)),
        });
        var clock = Stopwatch.StartNew();
        await using var client = new PoaClient(host.Cluster);
        await SeededStore.FillAsync(client, host.Services.GetRequiredService<IBlobStore>());
        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"store filled in {clock.Elapsed.TotalSeconds:F0} s"));
        await using var dashboard = await DashboardHost.StartAsync(new DashboardOptions { Home = home, Port = 0 }, client);
        Console.WriteLine(dashboard.Address);
        await Task.Delay(Timeout.Infinite);
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
