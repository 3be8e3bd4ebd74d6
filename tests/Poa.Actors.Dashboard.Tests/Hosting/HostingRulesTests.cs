using System.Net;
using System.Net.Sockets;
using Poa.Actors.Abstractions;
using Poa.Actors.Dashboard.Hosting;
using Poa.Actors.Dashboard.Security;

namespace Poa.Actors.Dashboard.Tests.Hosting;

public sealed class HostingRulesTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>, IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("poa-hosting-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("192.0.2.1")]
    public async Task Start_OnAnotherAddressWithoutAuthentication_IsRefused(string address)
    {
        var error = await Assert.ThrowsAsync<PoaException>(() => dashboard.StartAsync(new DashboardOptions { Home = _home, Address = IPAddress.Parse(address) }));

        Assert.Equal(SecurityErrors.UnsafeHosting, error.Code);
        Assert.Contains(address, error.Message);
        Assert.Contains("--auth accounts", error.Remedy);
    }

    [Fact]
    public async Task Start_BehindAProxyWithoutAuthentication_IsRefused()
    {
        var error = await Assert.ThrowsAsync<PoaException>(() => dashboard.StartAsync(new DashboardOptions { Home = _home, HostNames = ["poa.example.org"] }));

        Assert.Equal(SecurityErrors.UnsafeHosting, error.Code);
    }

    [Fact]
    public async Task Start_OnAllAddressesWithAccounts_AsksForASignIn()
    {
        await using var host = await dashboard.StartAsync(new DashboardOptions { Home = _home, Address = IPAddress.Any, Authentication = AuthenticationMode.Accounts });
        using var client = DashboardFixture.NewClient(new Uri($"http://127.0.0.1:{host.Address.Port}"));

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task Start_OidcWithoutProvider_IsRefused() =>
        Assert.Equal(
            ErrorCodes.InvalidArgument,
            (await Assert.ThrowsAsync<PoaException>(() => dashboard.StartAsync(new DashboardOptions { Home = _home, Authentication = AuthenticationMode.Oidc }))).Code);

    [Fact]
    public async Task Start_PortThatIsTaken_IsRefusedOrTheNextIsUsed()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var options = new DashboardOptions { Home = _home, Port = port };

        var error = await Assert.ThrowsAsync<PoaException>(() => DashboardHost.StartAsync(options, dashboard.Poa));
        await using var host = await DashboardHost.StartAsync(options with { IsPortNegotiable = true }, dashboard.Poa);

        Assert.Equal(ErrorCodes.PortInUse, error.Code);
        Assert.True(host.Address.Port > port);
    }

    [Fact]
    public async Task Restart_OnTheSameFolder_KeepsSessions()
    {
        var options = new DashboardOptions { Home = _home, Authentication = AuthenticationMode.Accounts };
        await new Dashboard.Security.Accounts.AccountStore(_home).AddAsync("ana", DashboardFixture.Password, Role.Viewer);
        var cookies = new CookieContainer();
        await using (var first = await dashboard.StartAsync(options))
        {
            using var client = Client(first);
            using var login = await DashboardFixture.PostLoginAsync(client, "ana", DashboardFixture.Password);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/")).StatusCode);
        }

        await using var second = await dashboard.StartAsync(options);
        using var again = Client(second);

        Assert.Equal(HttpStatusCode.OK, (await again.GetAsync("/")).StatusCode);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(_home, "dashboard", "keys")));
        }

        HttpClient Client(DashboardHost host) =>
            new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies }) { BaseAddress = host.Address };
    }
}
