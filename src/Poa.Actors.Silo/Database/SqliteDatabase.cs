using System.Reflection;
using Microsoft.Data.Sqlite;
using Poa.Actors.Database;

namespace Poa.Actors.Silo;

/// <summary>The data base <c>state.db</c> of an embedded host: opened, brought up to date, and named to Orleans' providers.</summary>
internal sealed class SqliteDatabase
{
    /// <summary>The name under which Orleans' ADO.NET providers know Microsoft.Data.Sqlite.</summary>
    public const string Invariant = "System.Data.SQLite";

    /// <summary>A data base in a data folder.</summary>
    /// <param name="home">The data folder.</param>
    public SqliteDatabase(string home)
    {
        File = Path.Combine(home, "state.db");
        ConnectionString = new SqliteConnectionStringBuilder
        {
            DataSource = File,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = true,
            DefaultTimeout = 30, // seconds that a statement waits for another connection's write lock
        }.ToString();
    }

    /// <summary>Path of the file.</summary>
    public string File { get; }

    /// <summary>How to open it.</summary>
    public string ConnectionString { get; }

    /// <summary>Makes the data base if need be and applies the scripts that are newer than it. Safe to repeat and to kill.</summary>
    /// <exception cref="PoaException">The file cannot be written, is damaged, or was made by a newer version.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new SqliteConnection(ConnectionString);
            await connection.OpenAsync(cancellationToken);
            // Write-ahead logging: readers do not wait for writers. It is a property of the file.
            await ExecuteAsync(connection, "PRAGMA journal_mode = WAL;", cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await ExecuteAsync(connection, "CREATE TABLE IF NOT EXISTS PoaSchema (Version INTEGER NOT NULL PRIMARY KEY, Script TEXT NOT NULL);", cancellationToken);
            var present = await VersionAsync(connection, cancellationToken);
            var scripts = SqlScript.In(Assembly.GetExecutingAssembly(), "sqlite");
            if (present > scripts[^1].Version)
            {
                throw new PoaException(
                    ErrorCodes.DamagedFile,
                    $"{File} has schema version {present}; this program knows versions up to {scripts[^1].Version}.",
                    "Use the newer program that made it, or another data folder.");
            }

            foreach (var (version, name, sql) in scripts.Where(script => script.Version > present))
            {
                await ExecuteAsync(connection, sql, cancellationToken);
                await using var note = connection.CreateCommand();
                note.CommandText = "INSERT INTO PoaSchema (Version, Script) VALUES ($version, $script);";
                note.Parameters.AddWithValue("$version", version);
                note.Parameters.AddWithValue("$script", name);
                await note.ExecuteNonQueryAsync(cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
        }
        catch (SqliteException e) when (HomeFaults.Translate(e, File) is { } fault)
        {
            throw fault;
        }
    }

    /// <summary>Closes pooled connections, so that the write-ahead log is folded into the file.</summary>
    public void Close()
    {
        using var connection = new SqliteConnection(ConnectionString);
        SqliteConnection.ClearPool(connection);
    }

    private static async Task<long> VersionAsync(SqliteConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT COALESCE(MAX(Version), 0) FROM PoaSchema;";
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
