using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Poa.Actors.Dashboard.Security.Accounts;

/// <summary>
/// The local accounts of a data folder. Changes by another process (<c>poa accounts</c>) are seen at once. Safe to use from several
/// threads.
/// </summary>
public sealed class AccountStore
{
    private const int Iterations = 210_000; // PBKDF2 with HMAC-SHA512, as OWASP advises
    private readonly AccountsFile file;
    private readonly TimeProvider time;
    private readonly PasswordHasher<Account> hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));
    private readonly Lock gate = new();
    private readonly Lazy<Account> nobody;
    private (DateTime Written, long Length)? mark;
    private ImmutableArray<Account> accounts = [];

    /// <summary>The accounts of a data folder.</summary>
    /// <param name="home">The data folder.</param>
    /// <param name="time">The clock; the system's if null.</param>
    public AccountStore(string home, TimeProvider? time = null)
    {
        file = new AccountsFile(home);
        this.time = time ?? TimeProvider.System;
        nobody = new(() => New("nobody", NewStamp(), Role.Viewer)); // a password that nobody knows
    }

    /// <summary>All accounts by name, without their secrets.</summary>
    /// <exception cref="PoaException">The accounts file is damaged.</exception>
    public IReadOnlyList<AccountSummary> List() =>
    [
        .. Current().OrderBy(a => a.Name, StringComparer.Ordinal).Select(a => new AccountSummary(
            a.Name, a.Role, a.PasswordHash.Length > 0, a.CreatedAt, [.. a.Keys.Select(k => new ApiKeySummary(k.Id, k.Label, k.Prefix, k.CreatedAt))])),
    ];

    /// <summary>Adds an account.</summary>
    /// <param name="name">Its name; case does not matter.</param>
    /// <param name="password">10 to 256 characters; null for an account that uses API keys only.</param>
    /// <param name="role">What it may do.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">The name is taken, or name or password break the rules.</exception>
    public Task<AccountSummary> AddAsync(string name, string? password, Role role, CancellationToken cancellationToken = default)
    {
        var account = New(AccountRules.Name(name), password is null ? null : AccountRules.Password(password), role);
        return ChangeAsync(
            account.Name,
            all => all.Any(a => a.Name == account.Name)
                ? throw new PoaException(SecurityErrors.AccountExists, $"There is an account {account.Name} already.", "Choose another name, or change the one that is there.")
                : all.Add(account),
            cancellationToken);
    }

    /// <summary>Removes an account with its keys; its sessions end.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">There is none, or it is the last admin.</exception>
    public Task RemoveAsync(string name, CancellationToken cancellationToken = default) => UpdateAsync(
        all =>
        {
            var account = Find(all, name);
            return KeepAnAdmin(all, all.Remove(account));
        },
        cancellationToken);

    /// <summary>Gives an account another password; its sessions end, its API keys stay.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="password">10 to 256 characters.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">There is no such account, or the password breaks the rules.</exception>
    public Task<AccountSummary> SetPasswordAsync(string name, string password, CancellationToken cancellationToken = default)
    {
        AccountRules.Password(password);
        return ReplaceAsync(name, account => account with { PasswordHash = hasher.HashPassword(account, password), Stamp = NewStamp() }, cancellationToken);
    }

    /// <summary>Gives an account another role; its sessions end.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="role">What it may do from now on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">There is no such account, or it is the last admin.</exception>
    public Task<AccountSummary> SetRoleAsync(string name, Role role, CancellationToken cancellationToken = default) =>
        ReplaceAsync(name, account => account.Role == role ? account : account with { Role = role, Stamp = NewStamp() }, cancellationToken);

    /// <summary>Makes an API key that acts for an account, with its role.</summary>
    /// <param name="name">The account.</param>
    /// <param name="label">What it is for; may be empty.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The key. It is kept as a hash only: this is the one chance to read it.</returns>
    /// <exception cref="PoaException">There is no such account, or the label is too long.</exception>
    public async Task<NewApiKey> CreateKeyAsync(string name, string? label = null, CancellationToken cancellationToken = default)
    {
        var (id, secret) = ApiKeys.New();
        var key = new ApiKey(id, AccountRules.Label(label), ApiKeys.Hash(secret), time.GetUtcNow());
        var account = await ReplaceAsync(name, account => account with { Keys = account.Keys.Add(key) }, cancellationToken);
        return new NewApiKey(id, account.Name, secret);
    }

    /// <summary>Makes a key useless.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The account that it acted for.</returns>
    /// <exception cref="PoaException">There is no such key.</exception>
    public async Task<AccountSummary> RevokeKeyAsync(string id, CancellationToken cancellationToken = default)
    {
        var owner = Current().FirstOrDefault(a => a.Keys.Any(k => k.Id == id)) ?? throw new PoaException(
            SecurityErrors.KeyNotFound, $"There is no API key {id}.", "List the keys with: poa accounts list");
        return await ReplaceAsync(owner.Name, account => account with { Keys = account.Keys.RemoveAll(k => k.Id == id) }, cancellationToken);
    }

    /// <summary>The account that a name and a password belong to; null if they do not fit. Takes as long for names that are not there.</summary>
    internal Account? Verify(string name, string password)
    {
        var account = Current().FirstOrDefault(a => string.Equals(a.Name, name.Trim(), StringComparison.OrdinalIgnoreCase));
        var known = account is { PasswordHash.Length: > 0 } ? account : nobody.Value;
        var fits = password.Length <= AccountRules.MaxPassword &&
            hasher.VerifyHashedPassword(known, known.PasswordHash, password) != PasswordVerificationResult.Failed;
        return fits && ReferenceEquals(known, account) ? account : null;
    }

    /// <summary>The account that an API key acts for; null if it is none of ours.</summary>
    internal Account? VerifyKey(string secret) => ApiKeys.IdOf(secret) is { } id
        ? Current().FirstOrDefault(account => account.Keys.Any(key => key.Id == id && ApiKeys.Fits(secret, key.Hash)))
        : null;

    /// <summary>True if an account still is as it was when a session of it began.</summary>
    internal bool IsCurrent(string name, string stamp) => Current().Any(account => account.Name == name && account.Stamp == stamp);

    private ImmutableArray<Account> Current()
    {
        lock (gate)
        {
            var now = file.Mark();
            if (mark != now)
            {
                accounts = file.Read();
                mark = now;
            }

            return accounts;
        }
    }

    private Task<AccountSummary> ReplaceAsync(string name, Func<Account, Account> change, CancellationToken cancellationToken) => ChangeAsync(
        AccountRules.Name(name),
        all =>
        {
            var account = Find(all, name);
            return KeepAnAdmin(all, all.Replace(account, change(account)));
        },
        cancellationToken);

    private async Task<AccountSummary> ChangeAsync(string name, Func<ImmutableArray<Account>, ImmutableArray<Account>> change, CancellationToken cancellationToken)
    {
        await UpdateAsync(change, cancellationToken);
        return List().First(account => account.Name == name);
    }

    private async Task UpdateAsync(Func<ImmutableArray<Account>, ImmutableArray<Account>> change, CancellationToken cancellationToken)
    {
        await file.UpdateAsync(change, cancellationToken);
        lock (gate)
        {
            mark = null; // two changes within one tick of the file system's clock look alike
        }
    }

    private Account New(string name, string? password, Role role)
    {
        var account = new Account(name, role, "", NewStamp(), time.GetUtcNow(), []);
        return password is null ? account : account with { PasswordHash = hasher.HashPassword(account, password) };
    }

    private static Account Find(ImmutableArray<Account> all, string name) =>
        all.FirstOrDefault(account => account.Name == AccountRules.Name(name)) ?? throw new PoaException(
            SecurityErrors.AccountNotFound, $"There is no account {name}.", "List the accounts with: poa accounts list");

    private static ImmutableArray<Account> KeepAnAdmin(ImmutableArray<Account> before, ImmutableArray<Account> after) =>
        before.Any(a => a.Role == Role.Admin) && after.All(a => a.Role != Role.Admin)
            ? throw new PoaException(ErrorCodes.InvalidArgument, "This is the last admin.", "Make another account an admin first.")
            : after;

    private static string NewStamp() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
