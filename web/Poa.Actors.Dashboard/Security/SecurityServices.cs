using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.HttpOverrides;
using Poa.Actors.Dashboard.Hosting;
using Poa.Actors.Dashboard.Security.Accounts;
using Poa.Actors.Dashboard.Security.SignIn;
using Poa.Actors.Dashboard.Security.Web;

namespace Poa.Actors.Dashboard.Security;

/// <summary>Who may do what, and what is refused before that is asked.</summary>
internal static class SecurityServices
{
    private const string BySession = "poa";

    /// <summary>Registers authentication, the policies <see cref="Roles.Viewer"/>, <see cref="Roles.Operator"/>, <see cref="Roles.Admin"/>, and the guards.</summary>
    /// <exception cref="PoaException">A secret or the folder of keys is missing.</exception>
    public static IServiceCollection AddDashboardSecurity(this IServiceCollection services, DashboardOptions options)
    {
        var keys = DashboardFolder.Make(options.Home, "keys");
        services.AddDataProtection().PersistKeysToFileSystem(keys).SetApplicationName($"poa {options.Home}");
        services.Configure<HostFilteringOptions>(hosts =>
        {
            hosts.AllowedHosts = [.. HostNames.Allowed(options)];
            hosts.AllowEmptyHosts = false;
        });
        services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var proxy in options.KnownProxies)
            {
                forwarded.KnownProxies.Add(proxy);
            }
        });
        services.AddSingleton(new AccountStore(options.Home));
        services.AddSingleton<Sessions>();
        services.AddSingleton(_ => new SignInThrottle(TimeProvider.System));
        services.AddSingleton<PasswordSignIn>();
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, SessionAuthenticationState>();
        AddSchemes(services, options);
        AddPolicies(services);
        return services;
    }

    /// <summary>Refuses what comes from elsewhere. First of all.</summary>
    public static void UseDashboardGuards(this WebApplication app, DashboardOptions options)
    {
        if (options.KnownProxies.Count > 0)
        {
            app.UseForwardedHeaders();
        }

        app.UseSecurityHeaders(options);
        app.UseHostFiltering();
        app.UseWebSockets();
        app.UseRequestOrigin();
        app.UseBodyLimit();
    }

    /// <summary>Authenticates and authorises every request that comes after.</summary>
    public static void UseDashboardSecurity(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAddressClaim();
        app.UseAuthorization();
    }

    private static void AddSchemes(IServiceCollection services, DashboardOptions options)
    {
        if (options.Authentication == AuthenticationMode.None)
        {
            services.AddAuthentication(LocalAuthentication.Name).AddScheme<AuthenticationSchemeOptions, LocalAuthentication>(LocalAuthentication.Name, null);
            return;
        }

        var schemes = services.AddAuthentication(BySession)
            .AddPolicyScheme(BySession, null, either => either.ForwardDefaultSelector =
                context => ApiKeyAuthentication.IsOn(context.Request) ? ApiKeyAuthentication.Name : SessionCookie.Scheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.Name, null)
            .AddCookie(SessionCookie.Scheme, cookie => SessionCookie.Configure(cookie, options.Home));
        if (options.Authentication == AuthenticationMode.Oidc)
        {
            var oidc = options.Oidc ?? throw new PoaException(
                ErrorCodes.InvalidArgument, "The OpenID provider is not given.", "Name its authority and the client id, or use --auth accounts.");
            var secret = OidcOptions.ReadSecret(Environment.GetEnvironmentVariable);
            schemes.AddOpenIdConnect(OidcSignIn.Scheme, target => OidcSignIn.Configure(target, oidc, secret));
        }
    }

    private static void AddPolicies(IServiceCollection services)
    {
        var authorization = services.AddAuthorizationBuilder();
        foreach (var role in Enum.GetValues<Role>())
        {
            authorization.AddPolicy(Roles.NameOf(role), AtLeast(role));
        }

        // Whatever does not say otherwise is for those who may look.
        authorization.SetDefaultPolicy(AtLeast(Role.Viewer));
        authorization.SetFallbackPolicy(AtLeast(Role.Viewer));
    }

    private static AuthorizationPolicy AtLeast(Role role) => new AuthorizationPolicyBuilder()
        .RequireAuthenticatedUser().RequireAssertion(context => Roles.Has(context.User, role)).Build();
}
