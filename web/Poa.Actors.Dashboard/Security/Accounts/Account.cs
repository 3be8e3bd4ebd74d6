using System.Collections.Immutable;

namespace Poa.Actors.Dashboard.Security.Accounts;

/// <summary>Somebody who may sign in.</summary>
/// <param name="Name">Lower-case name, see <see cref="AccountRules.Name"/>.</param>
/// <param name="Role">What the account may do.</param>
/// <param name="PasswordHash">PBKDF2 hash with its salt and iteration count; empty for an account with API keys only.</param>
/// <param name="Stamp">Random; a new one ends every session of the account.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="Keys">Its API keys.</param>
public sealed record Account(
    string Name, Role Role, string PasswordHash, string Stamp, DateTimeOffset CreatedAt, ImmutableArray<ApiKey> Keys);

/// <summary>An API key as it is kept: not the key itself.</summary>
/// <param name="Id">Names the key; part of the key itself.</param>
/// <param name="Label">What it is for, in the words of its maker; may be empty.</param>
/// <param name="Hash">SHA-256 of the whole key, hexadecimal. The key is 256 random bits, so that a slow hash would add nothing.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record ApiKey(string Id, string Label, string Hash, DateTimeOffset CreatedAt)
{
    /// <summary>How a key begins: enough to recognise it by, not to use it.</summary>
    public string Prefix => $"{ApiKeys.Begin}{Id}_";
}

/// <summary>A key that has just been made. Its text is told once and kept nowhere.</summary>
/// <param name="Id">Names the key, for revoking it.</param>
/// <param name="Account">The account that it acts for, with that account's role.</param>
/// <param name="Secret">The key: sent as <c>Authorization: Bearer</c> or <c>X-Api-Key</c>.</param>
public sealed record NewApiKey(string Id, string Account, string Secret)
{
    /// <summary>Without the secret, so that it does not get into a log.</summary>
    public override string ToString() => $"API key {Id} of {Account}";
}

/// <summary>An account as it is shown.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Role">Its role.</param>
/// <param name="HasPassword">False for an account that signs in with API keys only.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="Keys">Its API keys, without anything secret.</param>
public sealed record AccountSummary(string Name, Role Role, bool HasPassword, DateTimeOffset CreatedAt, ImmutableArray<ApiKeySummary> Keys);

/// <summary>An API key as it is shown.</summary>
/// <param name="Id">Names the key.</param>
/// <param name="Label">What it is for.</param>
/// <param name="Prefix">How the key begins.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record ApiKeySummary(string Id, string Label, string Prefix, DateTimeOffset CreatedAt);
