using System.Runtime.CompilerServices;
using System.Security.Claims;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Hosting;
using Poa.Actors.Dashboard.Security;
using Poa.Actors.Dashboard.Security.Accounts;

namespace Poa.Actors.Dashboard.Commands;

/// <summary>
/// Every change that a person can ask for, by page or by HTTP. Each method authorises the principal, makes the call, writes the audit
/// log, and throws a <see cref="PoaException"/> if it was refused or failed. All are safe to repeat.
/// </summary>
public sealed partial class DashboardCommands
{
    /// <summary>The most targets of one bulk command.</summary>
    public const int MaxTargets = 1000;

    private const int BulkParallelism = 8;
    private readonly PoaClient poa;
    private readonly DashboardOptions options;
    private readonly AccountStore accounts;
    private readonly Sessions sessions;
    private readonly ILogger<DashboardCommands> logger;

    /// <summary>Commands over a client.</summary>
    /// <param name="poa">Makes the calls.</param>
    /// <param name="options">How the dashboard is served.</param>
    /// <param name="accounts">The local accounts.</param>
    /// <param name="sessions">Knows whether a principal is still what it was when it signed in.</param>
    /// <param name="logger">Hears of audit entries that could not be stored.</param>
    public DashboardCommands(PoaClient poa, DashboardOptions options, AccountStore accounts, Sessions sessions, ILogger<DashboardCommands> logger)
    {
        this.poa = poa;
        this.options = options;
        this.accounts = accounts;
        this.sessions = sessions;
        this.logger = logger;
    }

    private static string PriorityText(int priority) => priority == WorkPriority.Default ? "" : $", priority {priority}";

    /// <summary>Authorises, acts, and writes what came of it into the audit log.</summary>
    private async Task<T> DoAsync<T>(
        ClaimsPrincipal user, string target, string detail, Func<Task<T>> act, Func<T, string>? targetOf = null, [CallerMemberName] string method = "")
    {
        var command = CommandTable.All[method];
        await AuthoriseAsync(user, command, target, detail);
        T result;
        try
        {
            result = await act();
        }
        catch (Exception e)
        {
            await RecordAsync(user, command, target, AuditOutcome.Failed, $"{detail} {ErrorText(e)}".Trim());
            throw;
        }

        // Not caught: who asked must not believe in a change that nobody can find in the log. Asking again is safe.
        await poa.Audit.AppendAsync(Entry(user, command, targetOf?.Invoke(result) ?? target, AuditOutcome.Accepted, detail), CancellationToken.None);
        return result;
    }

    private async Task<IReadOnlyList<CommandOutcome>> DoEachAsync(
        ClaimsPrincipal user, IReadOnlyList<string> targets, Func<string, Task> act, [CallerMemberName] string method = "")
    {
        var command = CommandTable.All[method];
        await AuthoriseAsync(user, command, string.Join(' ', targets.Take(MaxTargets)), "");
        if (targets.Count > MaxTargets)
        {
            var error = new WorkError(ErrorCodes.InvalidArgument, $"{targets.Count} are chosen, more than {MaxTargets}.", "Choose fewer.");
            await RecordAsync(user, command, "", AuditOutcome.Failed, error.ToString());
            throw new PoaException(error);
        }

        var outcomes = new CommandOutcome[targets.Count];
        await Parallel.ForAsync(0, targets.Count, new ParallelOptions { MaxDegreeOfParallelism = BulkParallelism }, async (i, _) =>
        {
            try
            {
                await act(targets[i]);
                outcomes[i] = new CommandOutcome(targets[i], null);
            }
            catch (PoaException e)
            {
                outcomes[i] = new CommandOutcome(targets[i], e.Error);
            }
        });
        return outcomes;
    }

    private async Task AuthoriseAsync(ClaimsPrincipal user, CommandAttribute command, string target, string detail)
    {
        // Asked anew for each command: a page may have been open since before the account was removed.
        var current = sessions.IsCurrent(user);
        if (current && Roles.Has(user, command.Role))
        {
            return;
        }

        await RecordAsync(user, command, target, AuditOutcome.Refused, detail);
        throw current && user.Identity?.IsAuthenticated == true
            ? new PoaException(SecurityErrors.Forbidden, $"{command.Name} needs the role {Roles.NameOf(command.Role)}.", "Ask somebody with that role, or an admin to give it to this account.")
            : new PoaException(SecurityErrors.NotSignedIn, $"{command.Name} needs an account.", "Sign in first.");
    }

    /// <summary>Records what did not come about; its own fault must not hide the one that the caller is to see.</summary>
    private async Task RecordAsync(ClaimsPrincipal user, CommandAttribute command, string target, AuditOutcome outcome, string detail)
    {
        try
        {
            await poa.Audit.AppendAsync(Entry(user, command, target, outcome, detail), CancellationToken.None);
        }
        catch (PoaException e)
        {
            LogNotRecorded(command.Name, target, outcome, e);
        }
    }

    private static AuditEntry Entry(ClaimsPrincipal user, CommandAttribute command, string target, AuditOutcome outcome, string detail) => new()
    {
        User = user.Identity is { IsAuthenticated: true, Name: { } name } ? name : "",
        Role = Roles.Of(user) is { } role ? Roles.NameOf(role) : "",
        Command = command.Name,
        Target = target,
        Outcome = outcome,
        Detail = detail,
        Address = user.FindFirst(PoaClaims.Address)?.Value ?? "",
    };

    private static string ErrorText(Exception e) => e switch
    {
        PoaException poa => poa.Error.ToString(),
        OperationCanceledException => "The caller did not wait for the answer; it may have been carried out.",
        _ => $"{e.GetType().Name}: {e.Message}",
    };

    private static string NameOf(ClaimsPrincipal user) => user.Identity?.Name ?? "";

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit log does not take {Command} on {Target}: {Outcome}")]
    private partial void LogNotRecorded(string command, string target, AuditOutcome outcome, Exception exception);
}
