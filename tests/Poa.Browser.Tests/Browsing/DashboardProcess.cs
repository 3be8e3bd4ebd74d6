using Poa.Actors.Abstractions;
using Poa.EndToEnd.Tests.Processes;

namespace Poa.Browser.Tests.Browsing;

/// <summary><c>poa up</c> as a process, with the address of its dashboard.</summary>
public sealed class DashboardProcess : IAsyncDisposable
{
    private DashboardProcess(PoaProcess process, Uri address) => (Process, Address) = (process, address);

    public PoaProcess Process { get; }

    public Uri Address { get; }

    /// <param name="home">The data folder.</param>
    /// <param name="port">Port of the dashboard; 0 for any free one.</param>
    /// <param name="more">More arguments of <c>poa up</c>.</param>
    public static async Task<DashboardProcess> StartAsync(TemporaryHome home, int port = 0, params string[] more)
    {
        var process = PoaProcess.Start(home, ["up", "--dashboard-port", $"{port}", .. more]);
        try
        {
            await process.WaitForTextAsync("ready:", TimeSpan.FromSeconds(60));
            var file = HostFile.TryRead(home.Folder) ?? throw new InvalidOperationException("The host is ready without host.json.");
            return new DashboardProcess(process, new Uri(file.Dashboard ?? throw new InvalidOperationException($"host.json names no dashboard.\n{process.Output}")));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
