using System.Net.Sockets;
using System.Reflection;
using Npgsql;

namespace Poa.Actors.Database;

/// <summary>The tables of a cluster in PostgreSQL, and the SQL in them that Orleans' ADO.NET providers run: made, brought up to date, checked.</summary>
/// <param name="address">Where the data base is.</param>
public sealed partial class PostgresDatabase(ClusterAddress address)
{
    /// <summary>The name under which Orleans' ADO.NET providers know Npgsql.</summary>
    public const string Invariant = "Npgsql";

    // Whoever changes the schema holds this advisory lock; any number will do that nobody else uses in this data base.
    private const long SchemaLock = 0x706F615F64620001;

    /// <summary>The scripts that are compiled in.</summary>
    public static IReadOnlyList<SqlScript> Scripts { get; } = SqlScript.In(Assembly.GetExecutingAssembly(), "postgresql");

    /// <summary>
    /// Applies the scripts that are newer than the data base, all of them or none. Safe to repeat, to kill, and to run from several
    /// processes at once: they go one after the other, and the later ones find nothing to do.
    /// </summary>
    /// <param name="cancellationToken">Gives up; nothing has changed then.</param>
    /// <returns>The schema as it is now, with the scripts that this call applied.</returns>
    /// <exception cref="PoaException">The data base cannot be reached, refuses the user, or has a newer schema than this program.</exception>
    public Task<SchemaStatus> InitAsync(CancellationToken cancellationToken = default) => OnConnectionAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({SchemaLock});", cancellationToken);
            var before = await ReadAsync(connection, cancellationToken);
            RefuseNewer(before);
            if (before.Version == 0)
            {
                await ExecuteAsync(
                    connection,
                    "CREATE TABLE IF NOT EXISTS PoaSchema (Version INTEGER NOT NULL PRIMARY KEY, Script TEXT NOT NULL, AppliedAt TIMESTAMPTZ NOT NULL DEFAULT now());",
                    cancellationToken);
            }

            SqlScript[] missing = [.. Scripts.Where(script => script.Version > before.Version)];
            foreach (var script in missing)
            {
                await ExecuteAsync(connection, script.Sql, cancellationToken);
                await using var note = new NpgsqlCommand("INSERT INTO PoaSchema (Version, Script) VALUES ($1, $2);", connection)
                {
                    Parameters = { new() { Value = script.Version }, new() { Value = script.Name } },
                };
                await note.ExecuteNonQueryAsync(cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
            return before with { Version = Scripts[^1].Version, Applied = [.. missing.Select(script => script.Name)] };
        },
        cancellationToken);

    /// <summary>The schema as it stands; changes nothing.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">The data base cannot be reached, or refuses the user.</exception>
    public Task<SchemaStatus> StatusAsync(CancellationToken cancellationToken = default) =>
        OnConnectionAsync(connection => ReadAsync(connection, cancellationToken), cancellationToken);

    /// <summary>Makes sure that this program can work with the data base; changes nothing.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">It cannot be reached, refuses the user, or its schema is missing, older or newer than this program.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken = default)
    {
        var status = await StatusAsync(cancellationToken);
        RefuseNewer(status);
        if (status.Version < status.Latest)
        {
            throw new PoaException(
                ErrorCodes.DatabaseSchema,
                status.Version == 0
                    ? $"The data base {address.Database} at {address.Server} has no tables of this program."
                    : $"The data base {address.Database} at {address.Server} has schema version {status.Version}; this program needs {status.Latest}.",
                "Run: poa db init");
        }
    }

    private static async Task<SchemaStatus> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var look = new NpgsqlCommand("SELECT to_regclass('poaschema') IS NOT NULL;", connection);
        var version = 0;
        if ((bool)(await look.ExecuteScalarAsync(cancellationToken))!)
        {
            await using var read = new NpgsqlCommand("SELECT COALESCE(MAX(Version), 0) FROM PoaSchema;", connection);
            version = (int)(await read.ExecuteScalarAsync(cancellationToken))!;
        }

        return new SchemaStatus(connection.PostgreSqlVersion.ToString(), version, Scripts[^1].Version);
    }

    private void RefuseNewer(SchemaStatus status)
    {
        if (status.Version > status.Latest)
        {
            throw new PoaException(
                ErrorCodes.DatabaseSchema,
                $"The data base {address.Database} at {address.Server} has schema version {status.Version}; this program knows versions up to {status.Latest}.",
                "Use the newer program that made it, or another data base.");
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<T> OnConnectionAsync<T>(Func<NpgsqlConnection, Task<T>> use, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(address.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            return await use(connection);
        }
        catch (Exception e) when (DatabaseFaults.Translate(e, address) is { } fault)
        {
            throw fault;
        }
        catch (SocketException e)
        {
            throw new PoaException(DatabaseFaults.Unreachable(address, e), e); // the name of the host is unknown
        }
    }
}

/// <summary>The schema of a data base.</summary>
/// <param name="ServerVersion">Version of PostgreSQL.</param>
/// <param name="Version">Version of the schema; 0 if there is none.</param>
/// <param name="Latest">The version that this program brings.</param>
public sealed record SchemaStatus(string ServerVersion, int Version, int Latest)
{
    /// <summary>Scripts that were applied just now.</summary>
    public IReadOnlyList<string> Applied { get; init; } = [];
}
