using Poa.Actors.Dashboard.Security;

namespace Poa.Actors.Dashboard.Pages.Administration;

/// <summary>An account to be added.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Password">Its password; empty for an account with API keys only.</param>
/// <param name="Role">What it may do.</param>
public sealed record NewAccount(string Name, string Password, Role Role)
{
    /// <summary>Without the password, so that it does not get into a log.</summary>
    public override string ToString() => $"{Name} ({Roles.NameOf(Role)})";
}
