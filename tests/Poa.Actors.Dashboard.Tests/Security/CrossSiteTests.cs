using System.Net;
using System.Net.WebSockets;
using Poa.Actors.Dashboard.Hosting;

namespace Poa.Actors.Dashboard.Tests.Security;

/// <summary>What another site can make a browser send, at a dashboard where nobody signs in: the easiest prey.</summary>
public sealed class CrossSiteTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>, IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("poa-open-").FullName;
    private DashboardHost _open = null!;
    private HttpClient _client = null!;

    private string Own => _open.Address.GetLeftPart(UriPartial.Authority);

    public async ValueTask InitializeAsync()
    {
        _open = await dashboard.StartAsync(new DashboardOptions { Home = _home });
        _client = DashboardFixture.NewClient(_open.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _open.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task Page_OnLoopbackWithoutAccounts_IsServedWithoutSigningIn() =>
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync("/")).StatusCode);

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:5280")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("169.254.169.254")]
    public async Task Host_OfAnotherName_IsRefused(string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = host;

        Assert.Equal(HttpStatusCode.BadRequest, (await _client.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    public async Task Host_OfThisMachine_IsAnswered(string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = $"{host}:{_open.Address.Port}";

        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Post_FromAnotherSite_IsRefused(string header, string value)
    {
        foreach (var path in (string[])["/api/v1/runs", "/_blazor/negotiate", "/anything"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("{}", null, "application/json") };
            request.Headers.Add(header, value);

            Assert.Equal(HttpStatusCode.Forbidden, (await _client.SendAsync(request)).StatusCode);
        }
    }

    [Fact]
    public async Task Post_FromItself_IsNotRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1");
        request.Headers.Add("Origin", Own);
        request.Headers.Add("Sec-Fetch-Site", "same-origin");

        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    public async Task WebSocket_FromAnotherSite_IsRefused(string origin)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", origin);

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(HubAddress(), CancellationToken.None));
        Assert.NotEqual(WebSocketState.Open, socket.State);
    }

    [Fact]
    public async Task WebSocket_FromItself_Opens()
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", Own);

        await socket.ConnectAsync(HubAddress(), CancellationToken.None);

        Assert.Equal(WebSocketState.Open, socket.State);
    }

    [Fact]
    public async Task WebSocket_WithoutAccount_WhereOneIsNeeded_IsRefused()
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", dashboard.Host.Address.GetLeftPart(UriPartial.Authority));

        var error = await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(HubAddress(dashboard.Host.Address), CancellationToken.None));

        Assert.Contains("401", error.Message);
    }

    [Fact]
    public async Task Body_AboveTheLimit_IsRefused()
    {
        using var content = new ByteArrayContent(new byte[DashboardOptions.MaxRequestBody + 1]);
        content.Headers.ContentType = new("application/x-www-form-urlencoded");

        using var response = await dashboard.Anonymous.PostAsync("/login", content);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/reconnect.js")]
    [InlineData("/no/such/page")]
    public async Task Headers_OfEveryAnswer_TellTheBrowserWhatToRefuse(string path)
    {
        using var response = await _client.GetAsync(path);

        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'self'", policy);
        Assert.Contains("script-src 'self';", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("same-origin", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.False(response.Headers.Contains("Server"));
    }

    private Uri HubAddress(Uri? host = null) => new UriBuilder(host ?? _open.Address) { Scheme = "ws", Path = "/_blazor" }.Uri;
}
