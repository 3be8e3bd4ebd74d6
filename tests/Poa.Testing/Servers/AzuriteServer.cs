using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Poa.Testing;

/// <summary>A real Azurite on a free port of 127.0.0.1 with a folder of its own; started when first asked for.</summary>
public sealed partial class AzuriteServer : IAsyncDisposable
{
    // Azurite's well-known development account; no secret.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly string folder = Directory.CreateTempSubdirectory("poa-azurite-").FullName;
    private readonly SemaphoreSlim starting = new(1, 1);
    private readonly int port = FreePort.Next();
    private Process? process;
    private int containers;

    public string ConnectionString => $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{port}/{Account};";

    /// <summary>A container's name that no other test uses.</summary>
    public string NewContainer() => $"test-{Interlocked.Increment(ref containers)}";

    public async Task StartAsync()
    {
        await starting.WaitAsync();
        try
        {
            process ??= await LaunchAsync();
        }
        finally
        {
            starting.Release();
        }
    }

    /// <summary>As a power cut would end it: what it was told in the last seconds is forgotten.</summary>
    public Task KillAsync() => EndAsync(signal: 9);

    /// <summary>Stops it in good order: all that it was told is there again after <see cref="StartAsync"/>.</summary>
    public Task StopAsync() => EndAsync(signal: 15);

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await KillAsync();
        }

        Directory.Delete(folder, recursive: true);
        starting.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);

    private async Task EndAsync(int signal)
    {
        _ = SendSignal(process!.Id, signal);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(limit.Token);
        process.Dispose();
        process = null;
    }

    private async Task<Process> LaunchAsync()
    {
        var start = new ProcessStartInfo(Executable()) { RedirectStandardOutput = true, RedirectStandardError = true };
        // What docker-compose.yml runs, but for address, port and folder.
        string[] command = ComposeFile.Command("blobs");
        var own = new Dictionary<string, string> { ["--blobHost"] = "127.0.0.1", ["--blobPort"] = $"{port}", ["-l"] = folder };
        for (var i = 1; i < command.Length; i++)
        {
            start.ArgumentList.Add(own.GetValueOrDefault(command[i - 1], command[i]));
        }

        var launched = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(180));
        var errors = launched.StandardError.ReadToEndAsync(CancellationToken.None);
        while (await launched.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.Contains("successfully listens", StringComparison.Ordinal))
            {
                _ = launched.StandardOutput.ReadToEndAsync(CancellationToken.None); // Keeps the pipe empty.
                return launched;
            }
        }

        throw new InvalidOperationException($"Azurite ({start.FileName}) ended before it listened on port {port}: {await errors}");
    }

    private static string Executable()
    {
        var installed = Path.Combine(Repository.Root, "artifacts", "tools", "node_modules", ".bin", "azurite-blob");
        var path = Environment.GetEnvironmentVariable("POA_AZURITE") is { Length: > 0 } given ? given : installed;
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"There is no Azurite at {path}. Run `bash infra/test.sh`, which installs it, or set POA_AZURITE to the path of azurite-blob.");
    }
}
