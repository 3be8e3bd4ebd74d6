using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Poa.Actors.Dashboard.Security;

namespace Poa.Actors.Dashboard.Tests.Api;

/// <summary>Walks every route of the API as nobody and as every role.</summary>
[Collection(ApiCollection.Name)]
public sealed class RolesTests(ApiFixture fixture)
{
    private const string Nobody = "";

    /// <summary>Routes whose role does not follow from the rule: reading is for viewers, everything else for operators.</summary>
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["GET /api/v1/health"] = Nobody,
        ["GET /api/v1/audit"] = Roles.Admin,
        ["POST /api/v1/configurations/resolve"] = Roles.Viewer,
    };

    /// <summary>A route that is added is walked without anybody thinking of it; the ways of the accounts are their owner's.</summary>
    private IEnumerable<(string Method, string Path, RouteEndpoint Endpoint)> Routes() =>
        from endpoint in fixture.Endpoints
        let pattern = "/" + endpoint.RoutePattern.RawText!.TrimStart('/')
        where pattern.StartsWith("/api/v1/", StringComparison.Ordinal) || pattern.StartsWith("/openapi/", StringComparison.Ordinal)
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        select (method, pattern, endpoint);

    [Fact]
    public void Routes_OfTheApi_AreWalked() => Assert.True(Routes().Count() > 50, $"Only {Routes().Count()} routes were found.");

    [Fact]
    public void Route_Always_DeclaresItsRole() => Assert.All(Routes(), route =>
    {
        var declared = route.Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null
            ? [Nobody]
            : route.Endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy ?? "").ToArray();
        Assert.True(
            declared is [var one] && one == RoleOf(route.Method, route.Path),
            $"{route.Method} {route.Path} declares [{string.Join(", ", declared)}], not '{RoleOf(route.Method, route.Path)}'.");
    });

    [Theory]
    [InlineData(Nobody)]
    [InlineData(Roles.Viewer)]
    [InlineData(Roles.Operator)]
    [InlineData(Roles.Admin)]
    public async Task Request_OfARole_IsRefusedExactlyBelowTheRoleOfTheRoute(string role)
    {
        using var client = fixture.As(role.Length == 0 ? null : role);
        client.Timeout = TimeSpan.FromSeconds(30);
        foreach (var (method, path, _) in Routes())
        {
            var request = new HttpRequestMessage(new HttpMethod(method), Filled(path));
            if (method == "POST")
            {
                request.Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
            }

            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            var isAllowed = Rank(role) >= Rank(RoleOf(method, path));
            var expected = role.Length == 0 ? HttpStatusCode.Unauthorized : HttpStatusCode.Forbidden;
            Assert.True(
                isAllowed ? (int)answer.StatusCode is not (401 or 403) : answer.StatusCode == expected,
                $"{method} {path} as '{role}': {(int)answer.StatusCode}, although {(isAllowed ? "it is" : "it is not")} allowed.");
            if (!isAllowed && method != "HEAD" && path.StartsWith("/api/", StringComparison.Ordinal))
            {
                await answer.ProblemAsync(expected);
            }
        }
    }

    private static string RoleOf(string method, string path) =>
        Exceptions.TryGetValue($"{method} {path}", out var role) ? role : method is "GET" or "HEAD" ? Roles.Viewer : Roles.Operator;

    private static int Rank(string role) => role.Length == 0 ? -1 : Roles.Names.ToList().IndexOf(role);

    private static string Filled(string path) => path
        .Replace("{documentName}", "v1", StringComparison.Ordinal)
        .Replace("{run}", "no-such-run", StringComparison.Ordinal)
        .Replace("{sweep}", "no-such-sweep", StringComparison.Ordinal)
        .Replace("{iteration}", "0", StringComparison.Ordinal)
        .Replace("{name}", "384x12", StringComparison.Ordinal)
        .Replace("{file}", "a", StringComparison.Ordinal)
        .Replace("{question}", "coco-0123456789abcdef", StringComparison.Ordinal)
        .Replace("{key}", new string('0', 32), StringComparison.Ordinal);
}
