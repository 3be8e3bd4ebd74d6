using Npgsql;
using Poa.Actors.Abstractions;
using Poa.Testing;

namespace Poa.Actors.Database.Tests;

/// <summary>How the tables come into a real PostgreSQL.</summary>
public sealed class PostgresDatabaseTests(PostgresServer server) : IAsyncLifetime
{
    private ClusterAddress _address = null!;
    private PostgresDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _address = ClusterAddress.Parse(await server.NewDatabaseAsync());
        _database = new PostgresDatabase(_address);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Init_Twice_SecondTimeNothingToDo()
    {
        Assert.Equal(0, (await _database.StatusAsync()).Version);
        var first = await _database.InitAsync();
        Assert.Equal(PostgresDatabase.Scripts.Select(script => script.Name), first.Applied);
        Assert.Equal(first.Latest, first.Version);

        var second = await _database.InitAsync();
        Assert.Empty(second.Applied);
        Assert.Equal(first.Version, (await _database.StatusAsync()).Version);
        await _database.CheckAsync();
    }

    [Fact]
    public async Task Init_SeveralAtOnce_EachScriptAppliedByOne()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => new PostgresDatabase(_address).InitAsync())));
        Assert.Equal(PostgresDatabase.Scripts.Select(script => script.Name), all.SelectMany(status => status.Applied));
        Assert.All(all, status => Assert.Equal(status.Latest, status.Version));
    }

    [Fact]
    public async Task Init_GivenUpHalfway_NothingChanged()
    {
        // Another session holds a lock that the second script has to wait for.
        await using var other = new NpgsqlConnection(_address.ConnectionString);
        await other.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using var make = new NpgsqlCommand("CREATE TABLE OrleansStorage (Nothing INTEGER);", other);
        await make.ExecuteNonQueryAsync();

        using var limit = new CancellationTokenSource();
        var init = _database.InitAsync(limit.Token);
        await using var waiting = new NpgsqlCommand("SELECT COUNT(*)::INTEGER FROM pg_locks WHERE NOT granted;", other);
        var start = TimeProvider.System.GetTimestamp();
        while ((int)(await waiting.ExecuteScalarAsync())! == 0)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(60), "Waited for the script to wait for the other session's table.");
            await Task.Delay(20);
        }

        await limit.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => init);
        await transaction.RollbackAsync();
        Assert.Equal(0, (await _database.StatusAsync()).Version);
        Assert.Equal(PostgresDatabase.Scripts.Count, (await _database.InitAsync()).Applied.Count);
    }

    [Fact]
    public async Task Check_NoTables_SaysWhatToRun()
    {
        var e = await Assert.ThrowsAsync<PoaException>(() => _database.CheckAsync());
        Assert.Equal(ErrorCodes.DatabaseSchema, e.Code);
        Assert.Contains("poa db init", e.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InitAndCheck_NewerThanTheProgram_Refused()
    {
        await _database.InitAsync();
        await server.ExecuteAsync(_address.Database, "INSERT INTO PoaSchema (Version, Script) VALUES (999, 'from the future');");
        foreach (var act in (Func<Task>[])[() => _database.InitAsync(), () => _database.CheckAsync()])
        {
            var e = await Assert.ThrowsAsync<PoaException>(act);
            Assert.Equal(ErrorCodes.DatabaseSchema, e.Code);
            Assert.Contains("999", e.Message, StringComparison.Ordinal);
        }

        Assert.Equal(999, (await _database.StatusAsync()).Version);
    }

    [Fact]
    public async Task Init_UserWithoutRights_SaysSo()
    {
        var user = $"guest_{_address.Database}";
        await server.ExecuteAsync(_address.Database, $"CREATE ROLE {user} LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC;");
        var e = await Assert.ThrowsAsync<PoaException>(() => new PostgresDatabase(ClusterAddress.Parse(server.ConnectionString(_address.Database, user))).InitAsync());
        Assert.Equal(ErrorCodes.DatabaseRefused, e.Code);
        Assert.Contains("lacks a right", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_NoSuchDatabaseOrUser_SaysWhich()
    {
        var missing = await Assert.ThrowsAsync<PoaException>(() => new PostgresDatabase(ClusterAddress.Parse(server.ConnectionString("nowhere"))).StatusAsync());
        Assert.Equal(ErrorCodes.DatabaseRefused, missing.Code);
        Assert.Contains("nowhere", missing.Message, StringComparison.Ordinal);
        var stranger = await Assert.ThrowsAsync<PoaException>(() => new PostgresDatabase(ClusterAddress.Parse(server.ConnectionString(_address.Database, "stranger"))).StatusAsync());
        Assert.Equal(ErrorCodes.DatabaseRefused, stranger.Code);
        Assert.Contains("stranger", stranger.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("no-such-host.invalid")]
    public async Task Status_NobodyThere_NamesHostAndPort(string host)
    {
        var port = FreePort.Next();
        var e = await Assert.ThrowsAsync<PoaException>(() => new PostgresDatabase(ClusterAddress.Parse($"Host={host};Port={port};Database=poa;Username=poa;Password=very-secret")).StatusAsync());
        Assert.Equal((ErrorCodes.DatabaseUnreachable, true), (e.Code, e.Error.Retryable));
        Assert.Contains($"{host}:{port}", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", e.ToString(), StringComparison.Ordinal);
    }
}
