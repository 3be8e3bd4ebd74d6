using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Poa.Actors.Dashboard.Security.Accounts;

namespace Poa.Actors.Dashboard.Security.SignIn;

/// <summary>Programs: <c>Authorization: Bearer KEY</c> or <c>X-Api-Key: KEY</c>.</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AccountStore accounts)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>Name of the scheme.</summary>
    public const string Name = "api-key";

    private const string Header = "X-Api-Key";
    private const string Bearer = "Bearer ";

    /// <summary>True if a request names a key, right or wrong: then nothing else on it is looked at.</summary>
    public static bool IsOn(HttpRequest request) => KeyOf(request) is not null;

    /// <inheritdoc/>
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
        KeyOf(Request) is not { } key ? AuthenticateResult.NoResult()
        : accounts.VerifyKey(key) is { } account
            ? AuthenticateResult.Success(new AuthenticationTicket(PoaClaims.Principal(account.Name, account.Role, Name, account.Stamp), Name))
            : AuthenticateResult.Fail("The API key is not known."));

    private static string? KeyOf(HttpRequest request) =>
        request.Headers[Header].ToString() is { Length: > 0 } key ? key
        : request.Headers.Authorization.ToString() is { } text && text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? text[Bearer.Length..].Trim()
        : null;
}
