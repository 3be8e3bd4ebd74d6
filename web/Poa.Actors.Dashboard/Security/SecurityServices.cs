using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace Poa.Actors.Dashboard.Security;

/// <summary>Who may do what: authentication, and a policy for each role.</summary>
internal static class SecurityServices
{
    /// <summary>Registers authentication and the policies <see cref="Roles.Viewer"/>, <see cref="Roles.Operator"/>, <see cref="Roles.Admin"/>.</summary>
    public static IServiceCollection AddDashboardSecurity(this IServiceCollection services)
    {
        services.AddAuthentication(LocalAuthentication.Name)
            .AddScheme<AuthenticationSchemeOptions, LocalAuthentication>(LocalAuthentication.Name, null);
        services.AddCascadingAuthenticationState();
        var authorization = services.AddAuthorizationBuilder();
        foreach (var role in Enum.GetValues<Role>())
        {
            authorization.AddPolicy(Roles.NameOf(role), policy => policy.RequireAuthenticatedUser().RequireAssertion(context => Roles.Has(context.User, role)));
        }

        // Whatever does not say otherwise is for those who may look.
        authorization.SetFallbackPolicy(new AuthorizationPolicyBuilder()
            .RequireAuthenticatedUser().RequireAssertion(context => Roles.Has(context.User, Role.Viewer)).Build());
        return services;
    }

    /// <summary>Authenticates and authorises every request that comes after.</summary>
    public static void UseDashboardSecurity(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAddressClaim();
        app.UseAuthorization();
    }
}
