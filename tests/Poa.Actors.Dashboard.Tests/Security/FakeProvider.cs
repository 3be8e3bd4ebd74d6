using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Poa.Actors.Dashboard.Tests.Security;

/// <summary>An OpenID provider on loopback that signs everybody in as <see cref="Name"/> with <see cref="Roles"/>, without asking.</summary>
internal sealed class FakeProvider : IAsyncDisposable
{
    public const string Client = "poa";
    public const string Secret = "the client's secret";

    private readonly RsaSecurityKey _key = new(RSA.Create(2048)) { KeyId = "1" };
    private readonly WebApplication _app;
    private string _nonce = "";

    private FakeProvider(WebApplication app) => _app = app;

    public string Name { get; set; } = "olga";

    public string[] Roles { get; set; } = [];

    /// <summary>The last secret and challenge verifier that it was given for a code.</summary>
    public (string Secret, string Verifier) Redeemed { get; private set; }

    public Uri Address => new(_app.Urls.First());

    public static async Task<FakeProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var provider = new FakeProvider(app);
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, string>
        {
            ["issuer"] = provider.Issuer,
            ["authorization_endpoint"] = $"{provider.Issuer}/authorize",
            ["token_endpoint"] = $"{provider.Issuer}/token",
            ["jwks_uri"] = $"{provider.Issuer}/keys",
        }));
        app.MapGet("/keys", provider.Keys);
        app.MapGet("/authorize", (HttpRequest request) =>
        {
            provider._nonce = request.Query["nonce"].ToString();
            return Results.Redirect($"{request.Query["redirect_uri"]}?code=a-code&state={Uri.EscapeDataString(request.Query["state"].ToString())}");
        });
        app.MapPost("/token", provider.TokenAsync);
        await app.StartAsync();
        return provider;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private string Issuer => Address.GetLeftPart(UriPartial.Authority);

    private IResult Keys()
    {
        var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(_key.Rsa.ExportParameters(includePrivateParameters: false)) { KeyId = _key.KeyId });
        return Results.Json(new { keys = new[] { new { kty = key.Kty, kid = key.Kid, n = key.N, e = key.E, alg = "RS256", use = "sig" } } });
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        Redeemed = (form["client_secret"].ToString(), form["code_verifier"].ToString());
        var claims = new ClaimsIdentity(
        [
            new Claim("sub", "17"),
            new Claim("nonce", _nonce),
            new Claim("preferred_username", Name),
            new Claim("poa:address", "forged"),
            .. Roles.Select(role => new Claim("roles", role)),
        ]);
        var token = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Client,
            Subject = claims,
            SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.RsaSha256),
        });
        return Results.Json(new { id_token = token, access_token = "an-access-token", token_type = "Bearer" });
    }
}
