using System.Security.Claims;
using Poa.Actors.Dashboard.Security.Accounts;

namespace Poa.Actors.Dashboard.Security;

/// <summary>Knows whether a principal is still what it was when it signed in.</summary>
/// <param name="accounts">The local accounts.</param>
public sealed class Sessions(AccountStore accounts)
{
    /// <summary>False once the account was removed, or given another password or role. Principals without a local account stay as they are.</summary>
    /// <param name="user">The principal.</param>
    public bool IsCurrent(ClaimsPrincipal user) =>
        user.FindFirst(PoaClaims.Stamp)?.Value is not { } stamp || (user.Identity?.Name is { } name && accounts.IsCurrent(name, stamp));
}
