using System.Net;
using Poa.Actors.Abstractions;
using Poa.Actors.Dashboard.Security;
using Poa.Actors.Dashboard.Security.SignIn;

namespace Poa.Actors.Dashboard.Tests.Security;

public sealed class SignInTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    [Fact]
    public async Task Page_WithoutAccount_LeadsToTheForm()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sweeps?status=failed");
        request.Headers.Accept.ParseAdd("text/html");

        using var response = await dashboard.Anonymous.SendAsync(request);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/login?returnUrl=%2Fsweeps%3Fstatus%3Dfailed", response.Headers.Location!.PathAndQuery);
    }

    [Theory]
    [InlineData("/_blazor")]
    [InlineData("/_blazor/negotiate")]
    [InlineData("/api/v1/runs")]
    [InlineData("/orleans")]
    [InlineData("/no/such/page")]
    public async Task Anything_WithoutAccount_Is401(string path)
    {
        using var response = await dashboard.Anonymous.GetAsync(path);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("/login")]
    [InlineData("/reconnect.js")]
    [InlineData("/_framework/blazor.web.js")]
    public async Task SignInPageAndItsFiles_WithoutAccount_AreServed(string path)
    {
        using var response = await dashboard.Anonymous.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData(Role.Viewer, HttpStatusCode.Forbidden)]
    [InlineData(Role.Operator, HttpStatusCode.Forbidden)]
    [InlineData(Role.Admin, HttpStatusCode.OK)]
    public async Task OrleansPages_AreForAdmins(Role role, HttpStatusCode expected)
    {
        using var page = await dashboard.As(role).GetAsync("/orleans/");

        Assert.Equal(expected, page.StatusCode);
    }

    [Fact]
    public async Task Form_RightPassword_OpensPages_WithACookieThatScriptsCannotRead()
    {
        using var client = DashboardFixture.NewClient(dashboard.Host.Address);
        using var login = await DashboardFixture.PostLoginAsync(client, "viewer", DashboardFixture.Password, "/workers?x=1");

        Assert.Equal("/workers?x=1", login.Headers.Location!.OriginalString);
        var cookie = Assert.Single(login.Headers.GetValues("Set-Cookie"), c => c.StartsWith("poa-session", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        using var page = await client.GetAsync("/login");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/")).StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("javascript:alert(1)")]
    public async Task Form_ReturnAddressElsewhere_LeadsHome(string returnUrl)
    {
        using var client = DashboardFixture.NewClient(dashboard.Host.Address);
        using var login = await DashboardFixture.PostLoginAsync(client, "viewer", DashboardFixture.Password, returnUrl);

        Assert.Equal("/", login.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Form_WithoutAntiForgeryToken_IsRefused()
    {
        using var client = DashboardFixture.NewClient(dashboard.Host.Address);

        using var login = await client.PostAsync("/login", new FormUrlEncodedContent(new Dictionary<string, string> { ["name"] = "viewer", ["password"] = DashboardFixture.Password }));
        using var logout = await client.PostAsync("/logout", new FormUrlEncodedContent([]));

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (login.StatusCode, logout.StatusCode));
    }

    [Fact]
    public async Task Form_WrongPasswords_AreRecordedAndSlowedDown()
    {
        using var client = DashboardFixture.NewClient(dashboard.Host.Address);
        var name = $"<b>{Guid.NewGuid():N}";
        for (var i = 0; i < SignInThrottle.FreeByName; i++)
        {
            using var wrong = await DashboardFixture.PostLoginAsync(client, name, "wrong password");
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
            Assert.DoesNotContain("<b>", await wrong.Content.ReadAsStringAsync());
        }

        using var slowed = await DashboardFixture.PostLoginAsync(client, name, "wrong password");

        Assert.Contains("Too many wrong passwords", await slowed.Content.ReadAsStringAsync());
        var entries = (await dashboard.Poa.Audit.QueryAsync(new AuditQuery { Text = name })).Entries;
        Assert.Equal(SignInThrottle.FreeByName, entries.Length);
        Assert.All(entries, entry => Assert.Equal((AuditOutcome.Refused, "127.0.0.1"), (entry.Outcome, entry.Address)));
    }

    [Fact]
    public async Task Session_OnceTheAccountIsRemoved_Ends()
    {
        await dashboard.Accounts.AddAsync("guest", DashboardFixture.Password, Role.Viewer);
        using var client = DashboardFixture.NewClient(dashboard.Host.Address);
        using var login = await DashboardFixture.PostLoginAsync(client, "guest", DashboardFixture.Password);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/")).StatusCode);

        await dashboard.Accounts.RemoveAsync("guest");

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task Logout_EndsTheSession()
    {
        using var client = await dashboard.SignedInAsync(Role.Viewer);
        var token = await DashboardFixture.TokenAsync(client, "/login");

        using var response = await client.PostAsync("/logout", new FormUrlEncodedContent(new Dictionary<string, string> { ["__RequestVerificationToken"] = token }));

        Assert.Equal("/login", response.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task ApiKey_Wrong_Is401_AlsoWithAValidCookie()
    {
        using var client = await dashboard.SignedInAsync(Role.Admin);
        client.DefaultRequestHeaders.Add("X-Api-Key", "poa_00000000_" + new string('A', 43));

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/")).StatusCode);
    }
}
