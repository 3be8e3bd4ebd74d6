using System.CommandLine;
using Poa.Actors.Database;
using Poa.Cli.Rendering;

namespace Poa.Cli.Commands;

/// <summary><c>poa db</c>: the tables of a cluster in PostgreSQL.</summary>
internal static class DatabaseCommand
{
    public static Command Create(CliContext context) => new PoaCommand(
        "db", "The tables of a cluster in PostgreSQL.",
        "poa db init", "poa db status --json")
    {
        OnDatabase(
            context, "init", "Makes the tables, or brings them up to date. Safe to repeat, and to run from several machines at once.",
            (database, cancellationToken) => database.InitAsync(cancellationToken)),
        OnDatabase(
            context, "status", "Tells whether the data base can be reached, and which version its tables have. Changes nothing.",
            (database, cancellationToken) => database.StatusAsync(cancellationToken)),
    };

    /// <summary>Nothing says where the data base is.</summary>
    public static CliException NoCluster() => new(
        "No data base is given.",
        $"Set {ClusterAddress.DatabaseVariable} to a connection string such as Host=db;Database=poa;Username=poa;Password=..., or {ClusterAddress.DatabaseVariable}_FILE to a file with it.",
        ExitCodes.Usage);

    private static PoaCommand OnDatabase(CliContext context, string name, string description, Func<PostgresDatabase, CancellationToken, Task<SchemaStatus>> act)
    {
        var connection = new Option<string?>("--connection")
        {
            Description = $"Connection string without a password, such as \"Host=db;Database=poa;Username=poa\"; the password then from PGPASSWORD or PGPASSFILE. Otherwise {ClusterAddress.DatabaseVariable}, or the file that {ClusterAddress.DatabaseVariable}_FILE names.",
            HelpName = "TEXT",
        };
        var json = CommonOptions.Json();
        var command = new PoaCommand(name, description, $"poa db {name}", $"poa db {name} --connection \"Host=127.0.0.1;Database=poa;Username=poa\"") { connection, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var address = parsed.GetValue(connection) is { } text ? WithoutSecret(text) : ClusterAddress.FromEnvironment() ?? throw NoCluster();
            var status = await act(new PostgresDatabase(address), cancellationToken).ConfigureAwait(false);
            Print(context, address, status, parsed.GetValue(json));
            return ExitCodes.Success;
        });
        return command;
    }

    private static ClusterAddress WithoutSecret(string text)
    {
        var address = ClusterAddress.Parse(text);
        return address.HasPassword
            ? throw new CliException(
                "The connection string holds a password, which every user of this machine can see in the list of processes.",
                $"Set PGPASSWORD or PGPASSFILE, or give the whole string in {ClusterAddress.DatabaseVariable}.",
                ExitCodes.Usage)
            : address;
    }

    private static void Print(CliContext context, ClusterAddress address, SchemaStatus status, bool json)
    {
        if (json)
        {
            context.Out.WriteLine(Json.Text(new { server = address.Server, database = address.Database, schema = status }));
            return;
        }

        foreach (var script in status.Applied)
        {
            context.Out.WriteLine($"applied: {script}");
        }

        var standing = status.Version == 0 ? "no tables yet; run: poa db init"
            : status.Version < status.Latest ? $"schema version {status.Version} of {status.Latest}; run: poa db init"
            : status.Version > status.Latest ? $"schema version {status.Version}, newer than this program ({status.Latest})"
            : $"schema version {status.Version}, up to date";
        context.Out.WriteLine($"{address.Database} at {address.Server} (PostgreSQL {status.ServerVersion}): {standing}");
    }
}
