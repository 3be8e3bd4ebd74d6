using System.Security.Claims;

namespace Poa.Actors.Dashboard.Security.Web;

/// <summary>Notes on the principal where its request came from, so that the audit log can tell also for commands of a circuit.</summary>
internal static class AddressClaim
{
    /// <summary>Must come after authentication.</summary>
    public static void UseAddressClaim(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        foreach (var identity in context.User.Identities)
        {
            foreach (var claim in identity.FindAll(PoaClaims.Address).ToArray())
            {
                identity.RemoveClaim(claim);
            }
        }

        if (context.Connection.RemoteIpAddress is { } address)
        {
            context.User.AddIdentity(new ClaimsIdentity([new Claim(PoaClaims.Address, address.ToString())]));
        }

        return next();
    });
}
