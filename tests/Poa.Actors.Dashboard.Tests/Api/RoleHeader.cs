using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Poa.Actors.Dashboard.Security;

namespace Poa.Actors.Dashboard.Tests.Api;

/// <summary>Signs in whoever says so: stands in for accounts where a test is about what a role may do.</summary>
internal sealed class RoleHeader(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "test-role";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
        Roles.TryParse(Request.Headers[Name], out var role)
            ? AuthenticateResult.Success(new AuthenticationTicket(PoaClaims.Principal($"a-{Roles.NameOf(role)}", role, Name), Name))
            : AuthenticateResult.NoResult());
}
