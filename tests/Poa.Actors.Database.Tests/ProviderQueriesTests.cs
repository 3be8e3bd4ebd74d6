using System.Data;
using Npgsql;
using Poa.Testing;

namespace Poa.Actors.Database.Tests;

/// <summary>The SQL that Orleans' providers run, with parameters typed as they type them.</summary>
public sealed class ProviderQueriesTests(PostgresServer server) : IAsyncLifetime
{
    private string _connectionString = null!;

    public async ValueTask InitializeAsync()
    {
        var address = ClusterAddress.Parse(await server.NewDatabaseAsync());
        _connectionString = address.ConnectionString;
        await new PostgresDatabase(address).InitAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Write_FirstThenNextVersions_EachGivesItsVersion()
    {
        Assert.Equal([1], await WriteAsync("a", version: null));
        Assert.Equal([2], await WriteAsync("b", version: 1));
        Assert.Equal([3], await WriteAsync("c", version: 2));
        Assert.Equal("c", await ReadPayloadAsync());
    }

    [Fact]
    public async Task Write_StaleOrUnexpectedVersion_NoRowAndNoChange()
    {
        Assert.Empty(await WriteAsync("early", version: 1));
        await WriteAsync("a", version: null);
        await WriteAsync("b", version: 1);
        Assert.Empty(await WriteAsync("stale", version: 1));
        Assert.Empty(await WriteAsync("second first", version: null));
        Assert.Equal("b", await ReadPayloadAsync());
    }

    [Fact]
    public async Task Write_ManyAtOnceOnTheSameVersion_OneWins()
    {
        foreach (var version in (int?[])[null, 1, 2])
        {
            var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => WriteAsync($"{i}", version))));
            Assert.Equal((version ?? 0) + 1, Assert.Single(all.SelectMany(rows => rows)));
        }
    }

    [Fact]
    public async Task Write_GrainsOfOneTypeWithOtherKeys_Apart()
    {
        await WriteAsync("a", version: null);
        Assert.Equal([1], await WriteAsync("b", version: null, key: "other"));
        Assert.Equal([1], await WriteAsync("c", version: null, key: null));
        Assert.Equal("a", await ReadPayloadAsync());
    }

    [Fact]
    public async Task Clear_ThenDelete_PayloadThenRowGone()
    {
        await WriteAsync("a", version: null);
        Assert.Equal([2], await VersionsAsync("ClearStorageKey", Grain("run-1", version: 1)));
        Assert.Null(Assert.Single(await QueryAsync("ReadFromStorageKey", Grain("run-1", version: null)))[0]);
        Assert.Empty(await QueryAsync("DeleteStorageKey", Grain("run-1", version: 1)));
        Assert.Equal([3], await VersionsAsync("DeleteStorageKey", Grain("run-1", version: 2)));
        Assert.Empty(await QueryAsync("ReadFromStorageKey", Grain("run-1", version: null)));
    }

    [Fact]
    public async Task Reminders_UpsertReadRangeDelete()
    {
        Assert.Equal(0, await UpsertAsync("g1", hash: -100));
        Assert.Equal(1, await UpsertAsync("g1", hash: -100));
        Assert.Equal(0, await UpsertAsync("g2", hash: 100));
        Assert.Equal(["g1"], await RangeAsync("ReadRangeRows1Key", -200, 0));
        Assert.Equal(["g2"], await RangeAsync("ReadRangeRows1Key", 0, 100)); // the end belongs to the range, the beginning does not
        Assert.Empty(await RangeAsync("ReadRangeRows1Key", 100, 200));
        Assert.Equal(["g1", "g2"], await RangeAsync("ReadRangeRows2Key", 0, -50));
        Assert.Equal(["g1", "g2"], await RangeAsync("ReadRangeRows2Key", 0, 0));

        Assert.Equal(0, await DeleteAsync("g1", version: 0));
        Assert.Equal(1, await DeleteAsync("g1", version: 1));
        Assert.Empty(await QueryAsync("ReadReminderRowsKey", [("ServiceId", "poa"), ("GrainId", "g1")]));
        Assert.Single(await QueryAsync("ReadReminderRowKey", [("ServiceId", "poa"), ("GrainId", "g2"), ("ReminderName", "watchdog")]));
        await QueryAsync("DeleteReminderRowsKey", [("ServiceId", "poa")]);
        Assert.Empty(await RangeAsync("ReadRangeRows2Key", 0, 0));
    }

    [Fact]
    public async Task Membership_JoinChangeLeave_EachOnTheVersionThatWasRead()
    {
        Assert.Equal(1, await NumberAsync("InsertMembershipVersionKey", ("DeploymentId", "c")));
        Assert.Equal(0, await NumberAsync("InsertMembershipVersionKey", ("DeploymentId", "c")));
        // The version comes even while there is no silo.
        var nobody = Assert.Single(await QueryAsync("MembershipReadAllKey", [("DeploymentId", "c")]));
        Assert.Equal((null, 0), (nobody[1], (int)nobody[11]!));

        Assert.Equal(0, await JoinAsync(port: 1, version: 7));
        Assert.Equal(1, await JoinAsync(port: 1, version: 0));
        Assert.Equal(0, await JoinAsync(port: 2, version: 0)); // somebody was faster
        Assert.Equal(0, await JoinAsync(port: 1, version: 1)); // is there already
        Assert.Equal(1, await JoinAsync(port: 2, version: 1)); // and that cost no version

        Assert.Equal(0, await ChangeAsync(port: 1, status: 3, suspects: null, version: 1));
        Assert.Equal(0, await ChangeAsync(port: 9, status: 3, suspects: null, version: 2));
        Assert.Equal(1, await ChangeAsync(port: 1, status: 3, suspects: "127.0.0.1:2@5,2026-01-01 00:00:00.000 GMT", version: 2));
        await QueryAsync("UpdateIAmAlivetimeKey", [.. Silo(1), ("IAmAliveTime", DateTime.UnixEpoch.AddDays(1))]);

        var row = Assert.Single(await QueryAsync("MembershipReadRowKey", Silo(1)));
        Assert.Equal((3, 101, DateTime.UnixEpoch.AddDays(1), 3), ((int)row[6]!, (int)row[7]!, (DateTime)row[10]!, (int)row[11]!));
        Assert.Equal(["127.0.0.1:101"], (await QueryAsync("GatewaysQueryKey", [("DeploymentId", "c"), ("Status", 3)])).Select(r => $"{r[0]}:{r[1]}"));
        Assert.Equal(2, (await QueryAsync("MembershipReadAllKey", [("DeploymentId", "c")])).Count);

        // Old rows of silos that are not active go; the active one stays.
        await QueryAsync("CleanupDefunctSiloEntriesKey", [("DeploymentId", "c"), ("IAmAliveTime", DateTime.UnixEpoch.AddDays(9))]);
        Assert.Equal(1, Assert.Single(await QueryAsync("MembershipReadAllKey", [("DeploymentId", "c")]))[2]);
        await QueryAsync("DeleteMembershipTableEntriesKey", [("DeploymentId", "c")]);
        Assert.Empty(await QueryAsync("MembershipReadAllKey", [("DeploymentId", "c")]));
    }

    [Fact]
    public async Task Membership_ManyJoinOnOneVersion_OneWinsEachTime()
    {
        await NumberAsync("InsertMembershipVersionKey", ("DeploymentId", "c"));
        for (var version = 0; version < 3; version++)
        {
            var round = version;
            var joined = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => JoinAsync(port: (100 * round) + i + 1, round))));
            Assert.Equal(1, joined.Sum());
        }

        Assert.Equal(3, (await QueryAsync("MembershipReadAllKey", [("DeploymentId", "c")])).Count);
    }

    private static (string Name, object? Value)[] Grain(string? key, int? version) =>
    [
        ("GrainIdHash", 1), ("GrainIdN0", 0L), ("GrainIdN1", 0L), ("GrainTypeHash", 2), ("GrainTypeString", "run"),
        ("GrainIdExtensionString", key), ("ServiceId", "poa"), ("GrainStateVersion", version),
    ];

    private static (string Name, object? Value)[] Silo(int port) =>
        [("DeploymentId", "c"), ("Address", "127.0.0.1"), ("Port", port), ("Generation", 5)];

    private Task<int> JoinAsync(int port, int version) => NumberAsync(
        "InsertMembershipKey",
        [
            .. Silo(port), ("SiloName", $"silo-{port}"), ("HostName", "host"), ("Status", 2), ("ProxyPort", 100 + port),
            ("StartTime", DateTime.UnixEpoch), ("IAmAliveTime", DateTime.UnixEpoch), ("Version", version),
        ]);

    private Task<int> ChangeAsync(int port, int status, string? suspects, int version) => NumberAsync(
        "UpdateMembershipKey", [.. Silo(port), ("Status", status), ("SuspectTimes", suspects), ("IAmAliveTime", DateTime.UnixEpoch), ("Version", version)]);

    private async Task<List<int>> WriteAsync(string payload, int? version, string? key = "run-1") =>
        await VersionsAsync("WriteToStorageKey", [.. Grain(key, version), ("PayloadBinary", System.Text.Encoding.UTF8.GetBytes(payload))]);

    private async Task<List<int>> VersionsAsync(string query, (string Name, object? Value)[] parameters) =>
        [.. (await QueryAsync(query, parameters)).Select(row => (int)row[0]!)];

    private async Task<string> ReadPayloadAsync() =>
        System.Text.Encoding.UTF8.GetString((byte[])Assert.Single(await QueryAsync("ReadFromStorageKey", Grain("run-1", version: null)))[0]!);

    private Task<int> UpsertAsync(string grain, int hash) => NumberAsync(
        "UpsertReminderRowKey",
        ("ServiceId", "poa"), ("GrainId", grain), ("ReminderName", "watchdog"), ("StartTime", DateTime.UnixEpoch), ("Period", 60000), ("GrainHash", hash));

    private async Task<IEnumerable<string>> RangeAsync(string query, int begin, int end) =>
        (await QueryAsync(query, [("ServiceId", "poa"), ("BeginHash", begin), ("EndHash", end)])).Select(row => (string)row[0]!).Order();

    private Task<int> DeleteAsync(string grain, int version) => NumberAsync(
        "DeleteReminderRowKey", ("ServiceId", "poa"), ("GrainId", grain), ("ReminderName", "watchdog"), ("Version", version));

    private async Task<int> NumberAsync(string query, params (string Name, object? Value)[] parameters) =>
        (int)Assert.Single(Assert.Single(await QueryAsync(query, parameters)))!;

    private async Task<List<object?[]>> QueryAsync(string key, (string Name, object? Value)[] parameters)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        await using var lookup = new NpgsqlCommand("SELECT QueryText FROM OrleansQuery WHERE QueryKey = $1;", connection) { Parameters = { new() { Value = key } } };
        await using var command = new NpgsqlCommand((string)(await lookup.ExecuteScalarAsync())!, connection);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { ParameterName = name, Value = value ?? DBNull.Value, DbType = TypeOf(name, value) });
        }

        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object?[]>();
        do
        {
            while (await reader.ReadAsync())
            {
                rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
            }
        }
        while (await reader.NextResultAsync());
        return rows;
    }

    private static DbType TypeOf(string name, object? value) => value switch
    {
        int => DbType.Int32,
        long => DbType.Int64,
        DateTime => DbType.DateTime,
        byte[] => DbType.Binary,
        null when name == "GrainStateVersion" => DbType.Int32,
        _ => DbType.String,
    };
}
