using System.Security.Claims;

namespace Poa.Actors.Dashboard.Security;

/// <summary>Claims of ours. They are set by the server on each request, never taken from outside.</summary>
public static class PoaClaims
{
    /// <summary>Network address that the request came from; for the audit log.</summary>
    public const string Address = "poa:address";

    /// <summary>The account's stamp: changes when its password or role does, which ends its sessions.</summary>
    public const string Stamp = "poa:stamp";

    /// <summary>A signed-in principal.</summary>
    /// <param name="name">Name of the account.</param>
    /// <param name="role">Its role.</param>
    /// <param name="scheme">How it signed in.</param>
    /// <param name="stamp">The account's stamp; null where there is no account file.</param>
    public static ClaimsPrincipal Principal(string name, Role role, string scheme, string? stamp = null)
    {
        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, Roles.NameOf(role))], scheme, ClaimTypes.Name, ClaimTypes.Role);
        if (stamp is not null)
        {
            identity.AddClaim(new Claim(Stamp, stamp));
        }

        return new ClaimsPrincipal(identity);
    }
}
