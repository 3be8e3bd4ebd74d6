using System.Net;
using Poa.Actors.Abstractions;
using Poa.Actors.Dashboard.Hosting;
using Poa.Actors.Dashboard.Security;

namespace Poa.Actors.Dashboard.Tests.Security;

public sealed class OidcSignInTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>, IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("poa-oidc-").FullName;
    private FakeProvider _provider = null!;
    private DashboardHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync();
        Environment.SetEnvironmentVariable(OidcOptions.SecretVariable, FakeProvider.Secret);
        _host = await dashboard.StartAsync(new DashboardOptions
        {
            Home = _home,
            Authentication = AuthenticationMode.Oidc,
            Oidc = new OidcOptions { Authority = _provider.Address, ClientId = FakeProvider.Client },
        });
    }

    public async ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable(OidcOptions.SecretVariable, null);
        await _host.DisposeAsync();
        await _provider.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task SignIn_WithAMappedRole_OpensThePageThatWasAskedFor()
    {
        _provider.Name = $"olga-{Guid.NewGuid():N}";
        _provider.Roles = ["staff", "poa-viewer", "poa-operator"];
        using var client = DashboardFixture.NewClient(_host.Address);

        using var page = await FollowAsync(client, "/workers");

        Assert.Equal((HttpStatusCode.OK, "/workers"), (page.StatusCode, page.RequestMessage!.RequestUri!.AbsolutePath));
        Assert.Equal(FakeProvider.Secret, _provider.Redeemed.Secret);
        Assert.NotEmpty(_provider.Redeemed.Verifier);
        var entry = Assert.Single((await dashboard.Poa.Audit.QueryAsync(new AuditQuery { User = _provider.Name })).Entries);
        Assert.Equal(("account.sign-in", "operator", AuditOutcome.Accepted, "127.0.0.1"), (entry.Command, entry.Role, entry.Outcome, entry.Address));
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/orleans/")).StatusCode);
    }

    [Fact]
    public async Task SignIn_WithoutAMappedRole_IsRefused()
    {
        _provider.Name = $"eve-{Guid.NewGuid():N}";
        _provider.Roles = ["admin", "staff"];
        using var client = DashboardFixture.NewClient(_host.Address);

        using var page = await FollowAsync(client, "/");

        Assert.Equal((HttpStatusCode.Forbidden, "/access-denied"), (page.StatusCode, page.RequestMessage!.RequestUri!.AbsolutePath));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/")).StatusCode);
        Assert.Equal(AuditOutcome.Refused, Assert.Single((await dashboard.Poa.Audit.QueryAsync(new AuditQuery { Text = _provider.Name })).Entries).Outcome);
    }

    [Fact]
    public void ReadSecret_FromAMountedFile_OrNowhere()
    {
        var file = Path.Combine(_home, "secret");
        File.WriteAllText(file, "from the file\n");

        Assert.Equal("from the file", OidcOptions.ReadSecret(name => name == OidcOptions.SecretFileVariable ? file : null));
        Assert.Equal("from the variable", OidcOptions.ReadSecret(name => name == OidcOptions.SecretVariable ? "from the variable" : file));
        Assert.Contains(OidcOptions.SecretVariable, Assert.Throws<PoaException>(() => OidcOptions.ReadSecret(_ => null)).Remedy);
        Assert.Throws<PoaException>(() => OidcOptions.ReadSecret(name => name == OidcOptions.SecretFileVariable ? file + ".missing" : null));
    }

    /// <summary>Asks as a browser does, from one host to the other and back.</summary>
    private static async Task<HttpResponseMessage> FollowAsync(HttpClient client, string path)
    {
        var address = new Uri(client.BaseAddress!, path);
        for (var hop = 0; hop < 10; hop++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Accept.ParseAdd("text/html");
            request.Headers.Add("Sec-Fetch-Site", hop == 0 ? "none" : "cross-site");
            var response = await client.SendAsync(request);
            if (response.Headers.Location is not { } next)
            {
                return response;
            }

            response.Dispose();
            address = new Uri(address, next);
        }

        throw new InvalidOperationException($"The redirects do not end: {address}");
    }
}
