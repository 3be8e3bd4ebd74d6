using System.Diagnostics;
using System.Globalization;
using System.Net;
using Poa.Actors.Abstractions;
using Poa.EndToEnd.Tests.Processes;
using Poa.Testing;
using Xunit;

namespace Poa.EndToEnd.Tests.Dashboard;

/// <summary>The dashboard within <c>poa up</c>, as a user meets it: where it is, that it comes back, whom it lets in.</summary>
public sealed class DashboardProcessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Up_KilledAndStartedAgain_ServesPagesAtTheSameAddress()
    {
        using var home = new TemporaryHome();
        using var client = new HttpClient();
        Uri first;
        // A port of its own: the usual one may be taken by another host of these tests as soon as this one is killed.
        var port = FreePort.Next();
        await using (var process = PoaProcess.Start(home, "up", "--dashboard-port", port.ToString(CultureInfo.InvariantCulture)))
        {
            first = await AddressAsync(process, home);
            Assert.Equal(port, first.Port);
            Assert.Contains(first.GetLeftPart(UriPartial.Authority), process.Output, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, await GetAsync(client, first));
            await process.KillAsync();
        }

        await using var again = PoaProcess.Start(home, "up");
        var second = await AddressAsync(again, home);

        Assert.Equal(first, second);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(client, second));
    }

    [Fact]
    public async Task Up_WithoutDashboard_ServesNone()
    {
        using var home = new TemporaryHome();
        await using var process = PoaProcess.Start(home, "up", "--no-dashboard");

        await process.WaitForTextAsync("Ctrl+C stops it", Limit);

        Assert.DoesNotContain("dashboard:", process.Output, StringComparison.Ordinal);
        Assert.Null(HostFile.TryRead(home.Folder)!.Dashboard);
    }

    [Fact]
    public async Task Up_WithAccounts_LetsInWhoHasAKeyMadeWhileItRuns()
    {
        using var home = new TemporaryHome();
        await using var process = PoaProcess.Start(home, "up", "--auth", "accounts");
        var address = await AddressAsync(process, home);
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(client, address));

        Assert.Equal(0, (await PoaProcess.RunAsync(home, "accounts", "add", "robot", "--role", "viewer", "--no-password")).ExitCode);
        var key = await PoaProcess.RunAsync(home, "accounts", "key", "create", "robot");
        client.DefaultRequestHeaders.Add("X-Api-Key", key.Output.Trim());

        Assert.Equal(HttpStatusCode.OK, await GetAsync(client, address));
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(client, new Uri(address, "/orleans/")));
        Assert.DoesNotContain(key.Output.Trim(), (await PoaProcess.RunAsync(home, "accounts", "list", "--json")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alone_WhenItsHostIsKilledAndStartedAgain_FindsIt()
    {
        using var home = new TemporaryHome();
        using var client = new HttpClient { Timeout = Limit };
        var host = PoaProcess.Start(home, "up", "--no-dashboard");
        await host.WaitForTextAsync("ready:", Limit);
        await using var alone = PoaProcess.StartDashboard(home, "--port", "0");
        await alone.WaitForTextAsync("dashboard: ", Limit);
        var health = new Uri(new Uri(alone.Output.Split("dashboard: ")[1].Trim()), "api/v1/health");
        Assert.Equal(HttpStatusCode.OK, await GetAsync(client, health));

        await host.KillAsync();
        await host.DisposeAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await GetAsync(client, health));
        await using var again = PoaProcess.Start(home, "up", "--no-dashboard");
        await again.WaitForTextAsync("ready:", Limit);

        var clock = Stopwatch.StartNew();
        while (await GetAsync(client, health) != HttpStatusCode.OK)
        {
            Assert.True(clock.Elapsed < Limit, $"The dashboard did not find its host again within {Limit}.");
        }

        Assert.False(alone.HasExited);
    }

    private static async Task<HttpStatusCode> GetAsync(HttpClient client, Uri address)
    {
        using var response = await client.GetAsync(address, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static async Task<Uri> AddressAsync(PoaProcess process, TemporaryHome home)
    {
        await process.WaitForTextAsync("dashboard: ", Limit);
        return new Uri(HostFile.TryRead(home.Folder)?.Dashboard ?? throw new InvalidOperationException("host.json does not name the dashboard."));
    }
}
