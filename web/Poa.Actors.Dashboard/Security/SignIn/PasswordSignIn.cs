using System.Security.Claims;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Security.Accounts;

namespace Poa.Actors.Dashboard.Security.SignIn;

/// <summary>Signs people in by name and password, slowly for those who guess, and writes the audit log.</summary>
/// <param name="accounts">Knows the passwords.</param>
/// <param name="throttle">Makes guessing slow.</param>
/// <param name="poa">Takes the audit entries.</param>
internal sealed class PasswordSignIn(AccountStore accounts, SignInThrottle throttle, PoaClient poa)
{
    /// <summary>What a sign-in is called in the audit log.</summary>
    public const string Command = "account.sign-in";

    /// <summary>The principal that name and password belong to.</summary>
    /// <param name="name">Name of the account.</param>
    /// <param name="password">Its password.</param>
    /// <param name="address">Where the request came from.</param>
    /// <param name="scheme">Scheme of the session.</param>
    /// <exception cref="PoaException">They do not fit, or too many wrong ones were tried (<see cref="SecurityErrors.SignInRefused"/>).</exception>
    public async Task<ClaimsPrincipal> SignInAsync(string name, string password, string address, string scheme)
    {
        if (throttle.WaitFor(name, address) is { Ticks: > 0 } wait)
        {
            // Not recorded: a guesser could fill the log.
            throw new PoaException(
                SecurityErrors.SignInRefused, "Too many wrong passwords were tried.", $"Wait {Math.Ceiling(wait.TotalSeconds):F0} seconds, then try again.");
        }

        // Counted before it is known to be wrong, so that many tries at once do not all pass the check above.
        throttle.Failed(name, address);
        if (accounts.Verify(name, password) is not { } account)
        {
            await poa.Audit.AppendAsync(new AuditEntry { Command = Command, Target = name, Outcome = AuditOutcome.Refused, Detail = "wrong name or password", Address = address });
            throw new PoaException(SecurityErrors.SignInRefused, "Name and password do not fit.", "Try again, or ask an admin for another password.");
        }

        throttle.Succeeded(name, address);
        await poa.Audit.AppendAsync(new AuditEntry
        {
            User = account.Name,
            Role = Roles.NameOf(account.Role),
            Command = Command,
            Target = account.Name,
            Outcome = AuditOutcome.Accepted,
            Address = address,
        });
        return PoaClaims.Principal(account.Name, account.Role, scheme, account.Stamp);
    }
}
