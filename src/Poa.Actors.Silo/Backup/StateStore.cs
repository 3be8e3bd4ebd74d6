using System.Data;
using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;
using Poa.Actors.Database;
using Poa.Storage;

namespace Poa.Actors.Silo;

/// <summary>All that a data folder or a cluster keeps: rows of state in a data base, and blobs. To be backed up, or restored into.</summary>
public abstract class StateStore : IAsyncDisposable
{
    private StateStore(IBlobStore blobs, string serviceId, TimeProvider? time) => (Blobs, ServiceId, Time) = (blobs, serviceId, time ?? TimeProvider.System);

    internal IBlobStore Blobs { get; }

    /// <summary>Whose rows they are.</summary>
    internal string ServiceId { get; }

    internal TimeProvider Time { get; }

    /// <summary>Kind of the data base.</summary>
    internal abstract string Kind { get; }

    /// <summary>A data folder. It may be served by a host while it is backed up, not while it is restored into.</summary>
    /// <param name="home">The folder.</param>
    /// <param name="time">This machine's clock; null for the system's.</param>
    public static StateStore OfHome(string home, TimeProvider? time = null) => new Home(Path.GetFullPath(home), time);

    /// <summary>A cluster. Its silos may run while it is backed up, not while it is restored into.</summary>
    /// <param name="cluster">Where its data base is.</param>
    /// <param name="blobs">Its blobs.</param>
    /// <param name="time">This machine's clock; null for the system's.</param>
    public static StateStore OfCluster(ClusterAddress cluster, IBlobStore blobs, TimeProvider? time = null) => new Cluster(cluster, blobs, time);

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Makes sure that there is something to read.</summary>
    /// <exception cref="PoaException">There is not, or it is of a newer program.</exception>
    internal abstract Task CheckReadableAsync(CancellationToken cancellationToken);

    /// <summary>Makes the tables, and keeps hosts away for as long as this lives, or makes sure that there are none.</summary>
    /// <exception cref="PoaException">Somebody serves it.</exception>
    internal abstract Task PrepareToWriteAsync(CancellationToken cancellationToken);

    /// <summary>Reads in one transaction, which sees one state; others may write meanwhile.</summary>
    internal Task<T> ReadAsync<T>(Func<DbConnection, DbTransaction, Task<T>> use, CancellationToken cancellationToken) =>
        InTransactionAsync(BeginReadingAsync, use, cancellationToken);

    /// <summary>Writes in one transaction, which leaves all of it or nothing.</summary>
    internal Task WriteAsync(Func<DbConnection, DbTransaction, Task> use, CancellationToken cancellationToken) => InTransactionAsync(
        (connection, token) => connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, token),
        async (connection, transaction) =>
        {
            await use(connection, transaction);
            return 0;
        },
        cancellationToken);

    /// <summary>Version of the schema.</summary>
    internal Task<int> SchemaVersionAsync(CancellationToken cancellationToken) => ReadAsync(
        async (connection, transaction) =>
        {
            await using var command = connection.CreateCommand();
            (command.CommandText, command.Transaction) = ("SELECT MAX(Version) FROM PoaSchema;", transaction);
            return Convert.ToInt32(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
        },
        cancellationToken);

    /// <summary>Opens nothing yet.</summary>
    private protected abstract DbConnection Connection();

    private protected abstract ValueTask<DbTransaction> BeginReadingAsync(DbConnection connection, CancellationToken cancellationToken);

    private protected abstract PoaException? Translate(Exception exception);

    private async Task<T> InTransactionAsync<T>(
        Func<DbConnection, CancellationToken, ValueTask<DbTransaction>> begin, Func<DbConnection, DbTransaction, Task<T>> use, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = Connection();
            await connection.OpenAsync(cancellationToken);
            await using var transaction = await begin(connection, cancellationToken);
            var result = await use(connection, transaction);
            await transaction.CommitAsync(cancellationToken);
            return result;
        }
        catch (Exception e) when (Translate(e) is { } fault)
        {
            throw fault;
        }
    }

    private sealed class Home(string home, TimeProvider? time) : StateStore(new LocalBlobStore(EmbeddedHost.BlobFolder(home)), EmbeddedHost.ServiceId, time)
    {
        private readonly SqliteDatabase _database = new(home);
        private HomeLock? _lock;

        internal override string Kind => "sqlite";

        public override ValueTask DisposeAsync()
        {
            _database.Close();
            _lock?.Dispose();
            return base.DisposeAsync();
        }

        internal override Task CheckReadableAsync(CancellationToken cancellationToken) => File.Exists(_database.File)
            ? Task.CompletedTask
            : throw new PoaException(ErrorCodes.BlobNotFound, $"Nothing is kept in {home}: it has no {Path.GetFileName(_database.File)}.", "Name another data folder with --home.");

        internal override async Task PrepareToWriteAsync(CancellationToken cancellationToken)
        {
            _lock = HomeLock.Take(home);
            await _database.MigrateAsync(cancellationToken);
        }

        private protected override DbConnection Connection() => new SqliteConnection(_database.ConnectionString);

        // Deferred: otherwise it would take the one write lock, for which the host waits.
        private protected override ValueTask<DbTransaction> BeginReadingAsync(DbConnection connection, CancellationToken cancellationToken) =>
            new(((SqliteConnection)connection).BeginTransaction(deferred: true));

        private protected override PoaException? Translate(Exception exception) => exception is SqliteException e ? HomeFaults.Translate(e, _database.File) : null;
    }

    private sealed class Cluster(ClusterAddress address, IBlobStore blobs, TimeProvider? time) : StateStore(blobs, address.ServiceId, time)
    {
        private readonly PostgresDatabase _database = new(address);

        internal override string Kind => "postgresql";

        internal override Task CheckReadableAsync(CancellationToken cancellationToken) => _database.CheckAsync(cancellationToken);

        internal override async Task PrepareToWriteAsync(CancellationToken cancellationToken)
        {
            await _database.InitAsync(cancellationToken);
            var now = Time.GetUtcNow();
            var members = await _database.MembersAsync(cancellationToken);
            var alive = await Task.WhenAll(members.Select(async member => !member.IsSilentAt(now) || await TcpReach.AnswersAsync(member.Silo, cancellationToken)));
            var names = members.Where((_, i) => alive[i]).Select(member => $"{member.Name} at {member.Silo}").ToList();
            if (names.Count > 0)
            {
                throw new PoaException(
                    ErrorCodes.HomeInUse, $"Silos of the {address} run: {string.Join(", ", names)}.",
                    $"Stop them all first; of one that was killed, wait {MemberRow.Silence.TotalSeconds:0} s.");
            }
        }

        private protected override DbConnection Connection() => new NpgsqlConnection(address.ConnectionString);

        private protected override ValueTask<DbTransaction> BeginReadingAsync(DbConnection connection, CancellationToken cancellationToken) =>
            connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);

        private protected override PoaException? Translate(Exception exception) => DatabaseFaults.Translate(exception, address);
    }
}
