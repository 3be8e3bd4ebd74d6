using Microsoft.Data.Sqlite;
using Poa.Actors.Abstractions;

namespace Poa.Actors.Silo.Tests.Database;

/// <summary>The SQL that the providers run, and how it comes into the data base.</summary>
public sealed class SqliteDatabaseTests : IAsyncLifetime
{
    private readonly TemporaryHome _home = new();
    private SqliteDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = new SqliteDatabase(_home.Path);
        await _database.MigrateAsync(CancellationToken.None);
    }

    public ValueTask DisposeAsync()
    {
        _database.Close();
        _home.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Migrate_Twice_AppliedOnce()
    {
        await _database.MigrateAsync(CancellationToken.None);
        Assert.Equal([1L, 2L, 3L], Rows("SELECT Version FROM PoaSchema ORDER BY Version;").Select(row => (long)row[0]!));
        Assert.Equal("wal", Assert.Single(Rows("PRAGMA journal_mode;"))[0]);
    }

    [Fact]
    public async Task Migrate_NewerThanTheProgram_Refused()
    {
        Rows("INSERT INTO PoaSchema (Version, Script) VALUES (999, 'from the future');");
        var e = await Assert.ThrowsAsync<PoaException>(() => _database.MigrateAsync(CancellationToken.None));
        Assert.Equal(ErrorCodes.DamagedFile, e.Code);
        Assert.Contains("999", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_FirstThenNextVersions_EachGivesItsVersion()
    {
        Assert.Equal([1L], Write("a", version: null));
        Assert.Equal([2L], Write("b", version: 1));
        Assert.Equal([3L], Write("c", version: 2));
        Assert.Equal("c", ReadPayload());
    }

    [Fact]
    public void Write_StaleOrUnexpectedVersion_NoRowAndNoChange()
    {
        Assert.Empty(Write("early", version: 1));
        Write("a", version: null);
        Write("b", version: 1);
        Assert.Empty(Write("stale", version: 1));
        Assert.Empty(Write("second first", version: null));
        Assert.Equal("b", ReadPayload());
    }

    [Fact]
    public void Write_GrainsOfOneTypeWithOtherKeys_Apart()
    {
        Write("a", version: null);
        Assert.Equal([1L], Write("b", version: null, key: "other"));
        Assert.Equal([1L], Write("c", version: null, key: null));
        Assert.Equal("a", ReadPayload());
    }

    [Fact]
    public void Clear_ThenDelete_PayloadThenRowGone()
    {
        Write("a", version: null);
        Assert.Equal([2L], Query("ClearStorageKey", Grain("run-1", version: 1)).Select(row => (long)row[0]!));
        var row = Assert.Single(Query("ReadFromStorageKey", Grain("run-1", version: null)));
        Assert.Null(row[0]);
        Assert.Empty(Query("DeleteStorageKey", Grain("run-1", version: 1)));
        Assert.Equal([3L], Query("DeleteStorageKey", Grain("run-1", version: 2)).Select(r => (long)r[0]!));
        Assert.Empty(Query("ReadFromStorageKey", Grain("run-1", version: null)));
    }

    [Fact]
    public void Reminders_UpsertReadRangeDelete()
    {
        Assert.Equal(0L, Upsert("g1", hash: -100));
        Assert.Equal(1L, Upsert("g1", hash: -100));
        Assert.Equal(0L, Upsert("g2", hash: 100));
        Assert.Equal(["g1"], Range("ReadRangeRows1Key", -200, 0));
        Assert.Equal(["g2"], Range("ReadRangeRows1Key", 0, 100)); // the end belongs to the range, the beginning does not
        Assert.Empty(Range("ReadRangeRows1Key", 100, 200));
        Assert.Equal(["g1", "g2"], Range("ReadRangeRows2Key", 0, -50));
        Assert.Equal(["g1", "g2"], Range("ReadRangeRows2Key", 0, 0));

        Assert.Equal(0L, Delete("g1", version: 0));
        Assert.Equal(1L, Delete("g1", version: 1));
        Assert.Empty(Query("ReadReminderRowsKey", [("ServiceId", "poa"), ("GrainId", "g1")]));
        Assert.Single(Query("ReadReminderRowKey", [("ServiceId", "poa"), ("GrainId", "g2"), ("ReminderName", "watchdog")]));
    }

    private static (string Name, object? Value)[] Grain(string? key, int? version) =>
    [
        ("GrainIdHash", 1), ("GrainIdN0", 0L), ("GrainIdN1", 0L), ("GrainTypeHash", 2), ("GrainTypeString", "run"),
        ("GrainIdExtensionString", key), ("ServiceId", "poa"), ("GrainStateVersion", version),
    ];

    private List<long> Write(string payload, int? version, string? key = "run-1") =>
        [.. Query("WriteToStorageKey", [.. Grain(key, version), ("PayloadBinary", System.Text.Encoding.UTF8.GetBytes(payload))]).Select(row => (long)row[0]!)];

    private string ReadPayload() =>
        System.Text.Encoding.UTF8.GetString((byte[])Assert.Single(Query("ReadFromStorageKey", Grain("run-1", version: null)))[0]!);

    private long Upsert(string grain, int hash) => (long)Assert.Single(Query(
        "UpsertReminderRowKey",
        [("ServiceId", "poa"), ("GrainId", grain), ("ReminderName", "watchdog"), ("StartTime", DateTime.UnixEpoch), ("Period", 60000), ("GrainHash", hash)]))[0]!;

    private IEnumerable<string> Range(string query, int begin, int end) =>
        Query(query, [("ServiceId", "poa"), ("BeginHash", begin), ("EndHash", end)]).Select(row => (string)row[0]!).Order();

    private long Delete(string grain, int version) => (long)Assert.Single(Query(
        "DeleteReminderRowKey", [("ServiceId", "poa"), ("GrainId", grain), ("ReminderName", "watchdog"), ("Version", version)]))[0]!;

    private List<object?[]> Query(string key, (string Name, object? Value)[] parameters) =>
        Rows((string)Assert.Single(Rows("SELECT QueryText FROM OrleansQuery WHERE QueryKey = @Key;", ("Key", key)))[0]!, parameters);

    private List<object?[]> Rows(string sql, params (string Name, object? Value)[] parameters)
    {
        using var connection = new SqliteConnection(_database.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        // As the providers do it: all rows of all result sets.
        using var reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        do
        {
            while (reader.Read())
            {
                rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
            }
        }
        while (reader.NextResult());
        return rows;
    }
}
