using System.CommandLine;
using Poa.Actors.Abstractions;
using Poa.Actors.Dashboard.Security;
using Poa.Actors.Dashboard.Security.Accounts;
using Poa.Cli.Hosting;
using Poa.Cli.Rendering;

namespace Poa.Cli.Commands;

/// <summary><c>poa accounts</c>: who may sign in to the dashboard. Works on the file; a host that runs sees the change at once.</summary>
internal static class AccountsCommand
{
    public static Command Create(CliContext context)
    {
        var (home, json) = (CommonOptions.Folder(), CommonOptions.Json());
        var list = new PoaCommand("list", "Lists the accounts with their roles and API keys.", "poa accounts list --json") { home, json };
        list.SetAction(parsed => Print(context, Store(parsed, home).List(), parsed.GetValue(json)));
        return new PoaCommand("accounts", "Manages the accounts of the dashboard (poa up --auth accounts) and their API keys.",
            "poa accounts add ana --role admin", "poa accounts list", "poa accounts key create ana --label laptop")
        {
            Add(context),
            OnAccount("remove", "Removes an account with its API keys; its sessions end.", (store, name, cancellationToken) => store.RemoveAsync(name, cancellationToken)),
            list,
            OnAccount("set-password", "Gives an account another password, asked for or read from standard input; its sessions end.",
                (store, name, cancellationToken) => store.SetPasswordAsync(name, PasswordPrompt.Read(context), cancellationToken)),
            SetRole(),
            new Command("key", "Makes and revokes API keys, for programs.") { CreateKey(context), RevokeKey() },
        };
    }

    private static PoaCommand Add(CliContext context)
    {
        var (name, home) = (Name(), CommonOptions.Folder());
        var role = new Option<string>("--role") { Description = "viewer, operator or admin.", DefaultValueFactory = _ => Roles.Viewer };
        var keysOnly = new Option<bool>("--no-password") { Description = "An account for a program: it uses API keys only." };
        var command = new PoaCommand("add", "Adds an account. Its password is asked for, or read from standard input.",
            "poa accounts add ana --role admin", "poa accounts add nightly --role operator --no-password") { name, role, keysOnly, home };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var password = parsed.GetValue(keysOnly) ? null : PasswordPrompt.Read(context);
            await Store(parsed, home).AddAsync(parsed.GetRequiredValue(name), password, ReadRole(parsed.GetValue(role)), cancellationToken).ConfigureAwait(false);
            return ExitCodes.Success;
        });
        return command;
    }

    private static PoaCommand SetRole()
    {
        var (name, home) = (Name(), CommonOptions.Folder());
        var role = new Argument<string>("ROLE") { Description = "viewer, operator or admin." };
        var command = new PoaCommand("set-role", "Gives an account another role; its sessions end.", "poa accounts set-role ana operator") { name, role, home };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await Store(parsed, home).SetRoleAsync(parsed.GetRequiredValue(name), ReadRole(parsed.GetRequiredValue(role)), cancellationToken).ConfigureAwait(false);
            return ExitCodes.Success;
        });
        return command;
    }

    private static PoaCommand CreateKey(CliContext context)
    {
        var (name, home) = (Name(), CommonOptions.Folder());
        var label = new Option<string?>("--label") { Description = "What the key is for." };
        var command = new PoaCommand("create", "Prints a new API key that acts for an account. It cannot be shown again.", "poa accounts key create ana --label laptop") { name, label, home };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var key = await Store(parsed, home).CreateKeyAsync(parsed.GetRequiredValue(name), parsed.GetValue(label), cancellationToken).ConfigureAwait(false);
            context.Out.WriteLine(key.Secret);
            return ExitCodes.Success;
        });
        return command;
    }

    private static PoaCommand RevokeKey()
    {
        var home = CommonOptions.Folder();
        var id = new Argument<string>("ID") { Description = "Id of the key, as `poa accounts list` shows it." };
        var command = new PoaCommand("revoke", "Makes an API key useless.", "poa accounts key revoke 3f9a01bc") { id, home };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await Store(parsed, home).RevokeKeyAsync(parsed.GetRequiredValue(id), cancellationToken).ConfigureAwait(false);
            return ExitCodes.Success;
        });
        return command;
    }

    private static PoaCommand OnAccount(string name, string description, Func<AccountStore, string, CancellationToken, Task> act)
    {
        var (account, home) = (Name(), CommonOptions.Folder());
        var command = new PoaCommand(name, description, $"poa accounts {name} ana") { account, home };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await act(Store(parsed, home), parsed.GetRequiredValue(account), cancellationToken).ConfigureAwait(false);
            return ExitCodes.Success;
        });
        return command;
    }

    private static int Print(CliContext context, IReadOnlyList<AccountSummary> accounts, bool json)
    {
        if (json)
        {
            context.Out.WriteLine(Json.Text(accounts));
            return ExitCodes.Success;
        }

        var table = new TextTable(new TextColumn("NAME"), new TextColumn("ROLE"), new TextColumn("PASSWORD"), new TextColumn("CREATED"), new TextColumn("API KEYS"));
        foreach (var account in accounts)
        {
            table.Row(
                account.Name, Roles.NameOf(account.Role), account.HasPassword ? "yes" : "no", Formats.Moment(account.CreatedAt),
                string.Join(", ", account.Keys.Select(key => key.Label.Length > 0 ? $"{key.Id} ({key.Label})" : key.Id)));
        }

        RunCommands.PrintLines(context, table.Lines());
        return ExitCodes.Success;
    }

    private static Argument<string> Name() => new("NAME") { Description = "Name of the account; case does not matter." };

    private static AccountStore Store(ParseResult parsed, Option<string?> home) => new(HomeFolder.Resolve(parsed.GetValue(home)));

    private static Role ReadRole(string? text) => Roles.TryParse(text, out var role)
        ? role
        : throw new PoaException(ErrorCodes.InvalidArgument, $"'{text}' is not a role.", $"Use one of {string.Join(", ", Roles.Names)}.");
}
