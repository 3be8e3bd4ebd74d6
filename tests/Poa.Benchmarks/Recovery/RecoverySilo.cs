using System.Diagnostics;
using Poa.Actors;
using Poa.Actors.Database;
using Poa.Actors.Silo;

namespace Poa.Benchmarks.Recovery;

/// <summary>A silo as a process of its own, with the shipped settings, on 127.0.0.1.</summary>
internal sealed class RecoverySilo : IDisposable
{
    /// <summary>First argument of its process; then role, name, folder and id of the cluster. Where the data base is says the environment, which others cannot read.</summary>
    public const string Command = "recovery-silo";

    private const string Ready = "ready";
    private readonly string[] _arguments;
    private readonly string _connection;
    private Process? _process;

    /// <param name="role">What it is for.</param>
    /// <param name="name">Its name.</param>
    /// <param name="folder">For blobs and scratch files.</param>
    /// <param name="cluster">The cluster.</param>
    public RecoverySilo(SiloRole role, string name, string folder, ClusterAddress cluster)
    {
        Name = name;
        _arguments = [Command, $"{role}", name, folder, cluster.ClusterId];
        _connection = cluster.ConnectionString;
    }

    public string Name { get; }

    /// <summary>The process itself.</summary>
    public static async Task ServeAsync(string role, string name, string folder, string cluster)
    {
        var parsed = Enum.Parse<SiloRole>(role);
        await using var silo = await ClusterHost.StartAsync(new ClusterHostOptions
        {
            Cluster = Address(Environment.GetEnvironmentVariable(ClusterAddress.DatabaseVariable)!, cluster),
            BlobStore = $"folder:{Path.Combine(folder, "blobs")}",
            Role = parsed,
            Name = name,
            Home = Path.Combine(folder, name),
            Devices = parsed == SiloRole.Worker ? ["cpu"] : [],
            Threads = 1,
            AdvertisedAddress = "127.0.0.1",
            SiloPort = null,
            GatewayPort = null,
        });
        Console.WriteLine(Ready);
        await Task.Delay(Timeout.InfiniteTimeSpan);
    }

    /// <summary>Which cluster: one of its own, so that nothing that another measurement left behind is met.</summary>
    public static ClusterAddress Address(string connection, string cluster) =>
        ClusterAddress.Parse(connection) with { ClusterId = cluster, ServiceId = cluster };

    /// <summary>Starts the process and waits until it is a member.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, _arguments) { RedirectStandardOutput = true };
        start.Environment[ClusterAddress.DatabaseVariable] = _connection;
        _process = Process.Start(start)!;
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == Ready)
            {
                return;
            }
        }

        throw new InvalidOperationException($"Silo {Name} ended before it was ready.");
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
    }
}
