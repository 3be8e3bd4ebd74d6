using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;

namespace Poa.Actors.Dashboard.Security;

/// <summary>Names of the roles in claims, in policies, in the accounts file and in the audit log.</summary>
public static class Roles
{
    /// <summary>Name of <see cref="Role.Viewer"/>, also of the policy that asks for at least this role.</summary>
    public const string Viewer = "viewer";

    /// <summary>Name of <see cref="Role.Operator"/>, also of the policy that asks for at least this role.</summary>
    public const string Operator = "operator";

    /// <summary>Name of <see cref="Role.Admin"/>, also of the policy that asks for this role.</summary>
    public const string Admin = "admin";

    /// <summary>All names, from the least to the most.</summary>
    public static IReadOnlyList<string> Names { get; } = [Viewer, Operator, Admin];

    /// <summary>The name of a role.</summary>
    /// <param name="role">The role.</param>
    public static string NameOf(Role role) => Names[(int)role];

    /// <summary>Reads a role's name; case does not matter.</summary>
    /// <param name="name">The name, or anything else.</param>
    /// <param name="role">The role.</param>
    /// <returns>False if it names no role.</returns>
    public static bool TryParse([NotNullWhen(true)] string? name, out Role role)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (string.Equals(Names[i], name, StringComparison.OrdinalIgnoreCase))
            {
                role = (Role)i;
                return true;
            }
        }

        role = default;
        return false;
    }

    /// <summary>The highest role among a principal's claims; null if it is not signed in or has none of ours.</summary>
    /// <param name="user">Who asks.</param>
    public static Role? Of(ClaimsPrincipal user)
    {
        Role? highest = null;
        if (user.Identity?.IsAuthenticated != true)
        {
            return highest;
        }

        foreach (var claim in user.FindAll(ClaimTypes.Role))
        {
            if (TryParse(claim.Value, out var role) && (highest is null || role > highest))
            {
                highest = role;
            }
        }

        return highest;
    }

    /// <summary>True if a principal is signed in with this role or a higher one.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="role">The least role.</param>
    public static bool Has(ClaimsPrincipal user, Role role) => Of(user) >= role;
}
