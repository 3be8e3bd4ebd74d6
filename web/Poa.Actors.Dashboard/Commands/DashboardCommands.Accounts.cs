using System.Security.Claims;
using Poa.Actors.Dashboard.Security;
using Poa.Actors.Dashboard.Security.Accounts;

namespace Poa.Actors.Dashboard.Commands;

public sealed partial class DashboardCommands
{
    /// <summary>Adds a local account.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="name">Its name; case does not matter.</param>
    /// <param name="password">10 to 256 characters; null for an account that uses API keys only.</param>
    /// <param name="role">What it may do.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Command("account.add", Role.Admin)]
    public Task<AccountSummary> AddAccountAsync(ClaimsPrincipal user, string name, string? password, Role role, CancellationToken cancellationToken = default) =>
        DoAsync(user, name, Roles.NameOf(role), () => accounts.AddAsync(name, password, role, cancellationToken));

    /// <summary>Removes a local account with its API keys; its sessions end.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Command("account.remove", Role.Admin)]
    public Task RemoveAccountAsync(ClaimsPrincipal user, string name, CancellationToken cancellationToken = default) => DoAsync(user, name, "", async () =>
    {
        await accounts.RemoveAsync(name, cancellationToken);
        return name;
    });

    /// <summary>Gives a local account another password; its sessions end.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="name">Its name.</param>
    /// <param name="password">10 to 256 characters.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Command("account.set-password", Role.Admin)]
    public Task<AccountSummary> SetPasswordAsync(ClaimsPrincipal user, string name, string password, CancellationToken cancellationToken = default) =>
        DoAsync(user, name, "", () => accounts.SetPasswordAsync(name, password, cancellationToken));

    /// <summary>Gives a local account another role; its sessions end.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="name">Its name.</param>
    /// <param name="role">What it may do from now on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Command("account.set-role", Role.Admin)]
    public Task<AccountSummary> SetRoleAsync(ClaimsPrincipal user, string name, Role role, CancellationToken cancellationToken = default) =>
        DoAsync(user, name, Roles.NameOf(role), () => accounts.SetRoleAsync(name, role, cancellationToken));

    /// <summary>Makes an API key that acts for a local account, with its role.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="account">The account.</param>
    /// <param name="label">What it is for; may be empty.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The key; it cannot be read again.</returns>
    [Command("key.create", Role.Admin)]
    public Task<NewApiKey> CreateApiKeyAsync(ClaimsPrincipal user, string account, string label, CancellationToken cancellationToken = default) =>
        DoAsync(user, account, label, () => accounts.CreateKeyAsync(account, label, cancellationToken), key => $"{key.Account}/{key.Id}");

    /// <summary>Makes an API key useless.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="id">Id of the key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The account that it acted for.</returns>
    [Command("key.revoke", Role.Admin)]
    public Task<AccountSummary> RevokeApiKeyAsync(ClaimsPrincipal user, string id, CancellationToken cancellationToken = default) =>
        DoAsync(user, id, "", () => accounts.RevokeKeyAsync(id, cancellationToken));
}
