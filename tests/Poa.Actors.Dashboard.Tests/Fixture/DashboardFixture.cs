using System.Net.Http.Headers;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Hosting;
using Poa.Actors.Dashboard.Security;
using Poa.Actors.Dashboard.Security.Accounts;
using Poa.Actors.Tests;

namespace Poa.Actors.Dashboard.Tests;

/// <summary>
/// A real dashboard with accounts on a free loopback port, over the cluster of all tests. For <c>IClassFixture</c>: a test class gets
/// its own dashboard, and asks it as anybody, or as an account of each role.
/// </summary>
public sealed class DashboardFixture(ClusterFixture cluster) : IAsyncLifetime
{
    /// <summary>Password of every account.</summary>
    public const string Password = "correct horse battery";

    private readonly Dictionary<Role, HttpClient> _clients = [];
    private readonly string _home = Directory.CreateTempSubdirectory("poa-dashboard-").FullName;

    /// <summary>The grains, for what a test prepares behind the dashboard's back.</summary>
    public ClusterFixture Cluster => cluster;

    /// <summary>The client that the dashboard uses.</summary>
    public PoaClient Poa { get; } = new(cluster.Client);

    /// <summary>The dashboard.</summary>
    public DashboardHost Host { get; private set; } = null!;

    /// <summary>Its data folder.</summary>
    public string Home => _home;

    /// <summary>Its accounts: <c>viewer</c>, <c>operator</c>, <c>admin</c>, named after their roles.</summary>
    public AccountStore Accounts { get; private set; } = null!;

    /// <summary>Asks without an account. Does not follow redirects.</summary>
    public HttpClient Anonymous { get; private set; } = null!;

    /// <summary>Asks as the account of a role, by its API key. Does not follow redirects.</summary>
    public HttpClient As(Role role) => _clients[role];

    public async ValueTask InitializeAsync()
    {
        Accounts = new AccountStore(_home);
        var keys = new Dictionary<Role, NewApiKey>();
        foreach (var role in Enum.GetValues<Role>())
        {
            await Accounts.AddAsync(Roles.NameOf(role), Password, role);
            keys[role] = await Accounts.CreateKeyAsync(Roles.NameOf(role), "tests");
        }

        Host = await StartAsync(new DashboardOptions { Home = _home, Authentication = AuthenticationMode.Accounts });
        Anonymous = NewClient(Host.Address);
        foreach (var (role, key) in keys)
        {
            _clients[role] = NewClient(Host.Address);
            _clients[role].DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Secret);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Anonymous.Dispose();
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }

        await Host.DisposeAsync();
        await Poa.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    /// <summary>Starts another dashboard over the same cluster, on a free port.</summary>
    public Task<DashboardHost> StartAsync(DashboardOptions options) => DashboardHost.StartAsync(options with { Port = 0 }, Poa);

    /// <summary>A browser's client: with cookies, without redirects.</summary>
    public static HttpClient NewClient(Uri address) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true }) { BaseAddress = address };

    /// <summary>A client that has signed in through the form, as a person does.</summary>
    public async Task<HttpClient> SignedInAsync(Role role)
    {
        var client = NewClient(Host.Address);
        using var response = await PostLoginAsync(client, Roles.NameOf(role), Password);
        Assert.Equal(System.Net.HttpStatusCode.Redirect, response.StatusCode);
        return client;
    }

    /// <summary>Fills in the form and sends it.</summary>
    public static async Task<HttpResponseMessage> PostLoginAsync(HttpClient client, string name, string password, string returnUrl = "/") =>
        await client.PostAsync("/login", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = await TokenAsync(client, "/login"),
            ["name"] = name,
            ["password"] = password,
            ["returnUrl"] = returnUrl,
        }));

    /// <summary>The anti-forgery token of a page's form.</summary>
    public static async Task<string> TokenAsync(HttpClient client, string path)
    {
        var html = await client.GetStringAsync(path);
        const string mark = "name=\"__RequestVerificationToken\" value=\"";
        var start = html.IndexOf(mark, StringComparison.Ordinal) + mark.Length;
        return html[start..html.IndexOf('"', start)];
    }
}
