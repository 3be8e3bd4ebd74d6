using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Poa.Actors.Client;

namespace Poa.Actors.Dashboard.Security.SignIn;

/// <summary>Signs people in at an OpenID provider: authorization code with PKCE.</summary>
internal static class OidcSignIn
{
    /// <summary>Name of the scheme.</summary>
    public const string Scheme = "oidc";

    /// <summary>Sets it up.</summary>
    /// <param name="target">The options.</param>
    /// <param name="oidc">The provider.</param>
    /// <param name="secret">The client's secret.</param>
    public static void Configure(OpenIdConnectOptions target, OidcOptions oidc, string secret)
    {
        target.Authority = oidc.Authority.ToString();
        target.ClientId = oidc.ClientId;
        target.ClientSecret = secret;
        target.ResponseType = OpenIdConnectResponseType.Code;
        target.UsePkce = true;
        // Back by address and not by a form: a form of another site is refused here. So its cookies need not be sent to other sites either.
        target.ResponseMode = OpenIdConnectResponseMode.Query;
        target.CorrelationCookie.SameSite = target.NonceCookie.SameSite = SameSiteMode.Lax;
        target.CorrelationCookie.SecurePolicy = target.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        target.MapInboundClaims = false;
        target.GetClaimsFromUserInfoEndpoint = true;
        target.RequireHttpsMetadata = !oidc.Authority.IsLoopback;
        target.SignInScheme = SessionCookie.Scheme;
        target.Scope.Add("email");
        target.ClaimActions.MapJsonKey(oidc.RoleClaim, oidc.RoleClaim);
        target.ClaimActions.MapJsonKey(oidc.NameClaim, oidc.NameClaim);
        target.Events.OnTicketReceived = async context =>
        {
            // Only name and role go on: whatever else the provider says must not be taken for a claim of ours.
            var name = context.Principal?.FindFirst(oidc.NameClaim)?.Value ?? context.Principal?.FindFirst("sub")?.Value ?? "";
            var role = RoleOf(context.Principal, oidc);
            var address = context.HttpContext.Connection.RemoteIpAddress?.ToString() ?? "";
            await context.HttpContext.RequestServices.GetRequiredService<PoaClient>().Audit.AppendAsync(new AuditEntry
            {
                User = role is null ? "" : name,
                Role = role is { } known ? Roles.NameOf(known) : "",
                Command = PasswordSignIn.Command,
                Target = name,
                Outcome = role is null ? AuditOutcome.Refused : AuditOutcome.Accepted,
                Detail = oidc.Authority.Host,
                Address = address,
            });
            if (role is { } given)
            {
                context.Principal = PoaClaims.Principal(name, given, Scheme);
            }
            else
            {
                context.HandleResponse();
                context.Response.Redirect(SignInRoutes.DeniedPath);
            }
        };
        target.Events.OnRedirectToIdentityProvider = context =>
        {
            if (!SessionCookie.IsPage(context.Request) && !context.Request.Path.StartsWithSegments(SignInRoutes.LoginPath))
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                context.HandleResponse();
            }

            return Task.CompletedTask;
        };
    }

    /// <summary>The highest role that the values of the role claim stand for; null if they stand for none.</summary>
    public static Role? RoleOf(ClaimsPrincipal? principal, OidcOptions oidc) => principal?.FindAll(oidc.RoleClaim)
        .Select(claim => oidc.RoleMap.TryGetValue(claim.Value, out var role) ? role : (Role?)null)
        .Max();
}
