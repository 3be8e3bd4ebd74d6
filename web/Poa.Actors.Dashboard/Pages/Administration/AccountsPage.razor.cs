using Poa.Actors.Dashboard.Security;
using Poa.Actors.Dashboard.Security.Accounts;
using Poa.Actors.Dashboard.Ui;

namespace Poa.Actors.Dashboard.Pages.Administration;

/// <summary>Local accounts, their roles, passwords and API keys.</summary>
public sealed partial class AccountsPage
{
    private static readonly List<Choice> RoleChoices = [.. Roles.Names.Select(name => new Choice(name, name))];
    private NewApiKey? newKey;

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override Task<IReadOnlyList<AccountSummary>> LoadAsync(CancellationToken cancellationToken) => Task.FromResult(Accounts.List());

    private async Task<bool> AddAsync(NewAccount account)
    {
        var isAdded = await Notes.TryAsync(
            () => Commands.AddAccountAsync(account.Name, account.Password.Length == 0 ? null : account.Password, account.Role, Stopping), $"The account {account.Name} is added.");
        await RefreshAsync();
        return isAdded;
    }

    private async Task SetRoleAsync(string name, string roleName)
    {
        if (Roles.TryParse(roleName, out var role))
        {
            await Notes.TryAsync(() => Commands.SetRoleAsync(name, role, Stopping), $"{name} is {roleName} now; its sessions have ended.");
            await RefreshAsync();
        }
    }

    private async Task<bool> SetPasswordAsync(string name, string password)
    {
        var isSet = await Notes.TryAsync(() => Commands.SetPasswordAsync(name, password, Stopping), $"{name} has a new password; its sessions have ended.");
        await RefreshAsync();
        return isSet;
    }

    private async Task CreateKeyAsync(string name)
    {
        await Notes.TryAsync(async () => newKey = await Commands.CreateApiKeyAsync(name, "", Stopping), "The key is made; copy it from the top of the page.");
        await RefreshAsync();
    }

    private async Task RevokeAsync(string id)
    {
        await Notes.TryAsync(() => Commands.RevokeApiKeyAsync(id, Stopping), "The key is revoked.");
        await RefreshAsync();
    }

    private async Task RemoveAsync(string name)
    {
        await Notes.TryAsync(() => Commands.RemoveAccountAsync(name, Stopping), $"The account {name} is removed.");
        await RefreshAsync();
    }
}
