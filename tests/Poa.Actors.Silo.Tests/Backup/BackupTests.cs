using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Npgsql;
using Poa.Actors.Abstractions;
using Poa.Actors.Database;
using Poa.Actors.Tests;
using Poa.Storage;
using Poa.Testing;

namespace Poa.Actors.Silo.Tests.Backups;

/// <summary>Backups of data folders and clusters: what comes back, what is refused, what is left when it is cut off.</summary>
public sealed class BackupTests(PostgresServer server) : IDisposable
{
    private readonly TemporaryHome _home = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("poa-backup-").FullName;

    public void Dispose()
    {
        _home.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Restore_IntoAnotherFolder_RunsGoOnWithTheirResults()
    {
        await MakeAsync();
        await WriteAsync(Path("backup"));
        using var other = new TemporaryHome();
        await RestoreAsync(Path("backup"), StateStore.OfHome(other.Path));

        var executor = new FakeExecutor();
        var host = await other.StartAsync(executor);
        var work = await executor.TrainingAsync("run-1"); // nobody asks it to go on
        Assert.Equal([0L, 10L], (await host.Cluster.GetGrain<ITrainingRunGrain>("run-1").FindAsync())!.Checkpoints.Select(checkpoint => checkpoint.Iteration));
        Assert.True(work.Lease.FencingToken > 1);
        await work.CompleteAsync();
        await host.StopAsync();
        Assert.Equal(await ContentAsync(Blobs(_home.Path)), await ContentAsync(Blobs(other.Path)));
    }

    [Fact]
    public async Task Restore_OfAFolderIntoACluster_AndBack_SameRows()
    {
        await MakeAsync();
        await WriteAsync(Path("first"));
        var cluster = ClusterAddress.Parse(await server.NewDatabaseAsync());
        await RestoreAsync(Path("first"), StateStore.OfCluster(cluster, new LocalBlobStore(Path("cluster-blobs"))));
        await using (var store = StateStore.OfCluster(cluster, new LocalBlobStore(Path("cluster-blobs"))))
        {
            Assert.Equal("postgresql", (await Backup.WriteAsync(store, Path("second"))).Database);
        }

        foreach (var table in StateTable.All)
        {
            var rows = await RowsAsync("first", table);
            Assert.NotEmpty(rows);
            Assert.Equal(rows, await RowsAsync("second", table));
        }

        Assert.Equal(await ContentAsync(Blobs(_home.Path)), await ContentAsync(new LocalBlobStore(Path("cluster-blobs"))));

        // PostgreSQL keeps microseconds, SQLite ticks of a tenth.
        async Task<IReadOnlyList<string>> RowsAsync(string backup, StateTable table) =>
            [.. (await File.ReadAllLinesAsync(Backup.StateIn(Path(backup), table.Name))).Select(row => Regex.Replace(row, @"(\.\d{1,6})\d*Z", time => time.Groups[1].Value.TrimEnd('0') + "Z")).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task Write_WhileAHostRuns_HasBlobsThatCameInBetweenAndStateOfOneMoment()
    {
        var executor = new FakeExecutor();
        var host = await _home.StartAsync(executor);
        var work = await StartedAsync(host, executor);
        await work.CheckpointAsync(7);
        var blobs = Blobs(_home.Path);
        await PutAsync(blobs, "runs/run-1/a.bin", "aaaa");
        await PutAsync(blobs, "runs/run-1/b.bin", "bb");
        var isWritten = false;
        var manifest = await WriteAsync(Path("backup"), copied =>
        {
            if (copied.Name == "runs/run-1/b.bin" && !isWritten)
            {
                // One that the listing has passed, and one that is copied already.
                isWritten = true;
                PutAsync(blobs, "runs/run-1/0.bin", "new").GetAwaiter().GetResult();
                PutAsync(blobs, "runs/run-1/a.bin", "written anew").GetAwaiter().GetResult();
            }
        });
        Assert.True(isWritten);
        await work.CheckpointAsync(8);
        await TemporaryHome.AbandonAsync(host);

        var content = await ContentAsync(blobs);
        Assert.Equal(["runs/run-1/0.bin", "runs/run-1/a.bin", "runs/run-1/b.bin"], manifest.Blobs.Select(blob => blob.Name));
        Assert.Equal(content, manifest.Blobs.Select(blob => $"{blob.Name} {blob.Size} {blob.Sha256}"));
        using var other = new TemporaryHome();
        await RestoreAsync(Path("backup"), StateStore.OfHome(other.Path));
        Assert.Equal(content, await ContentAsync(Blobs(other.Path)));
        executor = new FakeExecutor();
        host = await other.StartAsync(executor);
        await executor.TrainingAsync("run-1");
        Assert.Equal([7L], (await host.Cluster.GetGrain<ITrainingRunGrain>("run-1").FindAsync())!.Checkpoints.Select(checkpoint => checkpoint.Iteration));
        await TemporaryHome.AbandonAsync(host);
    }

    [Fact]
    public async Task Read_OthersWriteMeanwhile_TheyDoNotWaitAndOneMomentIsSeen()
    {
        await MakeAsync();
        await using var source = StateStore.OfHome(_home.Path);
        var seen = await source.ReadAsync(
            async (connection, transaction) =>
            {
                var before = await RowsAsync(connection, transaction);
                await using (var host = new SqliteConnection(new SqliteDatabase(_home.Path).ConnectionString))
                {
                    await host.OpenAsync();
                    host.DefaultTimeout = 1; // seconds; it fails if it has to wait for the reader
                    await using var delete = host.CreateCommand();
                    delete.CommandText = "DELETE FROM OrleansStorage;";
                    Assert.Equal(before, await delete.ExecuteNonQueryAsync());
                }

                return (Before: before, After: await RowsAsync(connection, transaction));
            },
            CancellationToken.None);
        Assert.NotEqual(0, seen.Before);
        Assert.Equal(seen.Before, seen.After);
        Assert.Equal(0, await source.ReadAsync(RowsAsync, CancellationToken.None));
    }

    [Fact]
    public async Task Restore_TargetNotEmpty_RefusedUnlessToldAndThenReplaced()
    {
        await MakeAsync();
        await WriteAsync(Path("backup"));
        var before = await ContentAsync(Blobs(_home.Path));
        await PutAsync(Blobs(_home.Path), "runs/run-2/later.bin", "later");
        await PutAsync(Blobs(_home.Path), "runs/run-1/a.bin", "changed");

        var refused = await Assert.ThrowsAsync<PoaException>(() => RestoreAsync(Path("backup"), StateStore.OfHome(_home.Path)));
        Assert.Contains("rows of state", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--overwrite", refused.Error.Remedy, StringComparison.Ordinal);
        using var other = new TemporaryHome();
        await PutAsync(Blobs(other.Path), "runs/run-2/later.bin", "later");
        refused = await Assert.ThrowsAsync<PoaException>(() => RestoreAsync(Path("backup"), StateStore.OfHome(other.Path)));
        Assert.Contains("runs/run-2/later.bin", refused.Message, StringComparison.Ordinal);

        await RestoreAsync(Path("backup"), StateStore.OfHome(_home.Path), overwrite: true);
        Assert.Equal(before, await ContentAsync(Blobs(_home.Path)));
    }

    [Fact]
    public async Task Restore_SomebodyServesTheTarget_Refused()
    {
        await MakeAsync();
        await WriteAsync(Path("backup"));
        using var other = new TemporaryHome();
        var host = await other.StartAsync(new FakeExecutor());
        Assert.Equal(ErrorCodes.HomeInUse, (await Assert.ThrowsAsync<PoaException>(() => RestoreAsync(Path("backup"), StateStore.OfHome(other.Path), overwrite: true))).Code);
        await host.StopAsync();

        await using var cluster = await Cluster.SmallCluster.CreateAsync(server);
        await cluster.ControlAsync("control-1");
        var refused = await Assert.ThrowsAsync<PoaException>(() => RestoreAsync(Path("backup"), StateStore.OfCluster(cluster.Address, new LocalBlobStore(Path("cluster-blobs")))));
        Assert.Equal(ErrorCodes.HomeInUse, refused.Code);
        Assert.Contains("control-1", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("blobs/runs/run-1/a.bin")]
    [InlineData("state/OrleansStorage.jsonl")]
    public async Task Restore_FileOfTheBackupChanged_RefusedAndNothingWritten(string file)
    {
        await MakeAsync();
        await WriteAsync(Path("backup"));
        await File.AppendAllTextAsync(Path("backup", file), "x");
        using var other = new TemporaryHome();
        var refused = await Assert.ThrowsAsync<PoaException>(() => RestoreAsync(Path("backup"), StateStore.OfHome(other.Path)));
        Assert.Equal(ErrorCodes.DamagedFile, refused.Code);
        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(System.IO.Path.Combine(other.Path, "state.db")));
        Assert.Empty(await ContentAsync(Blobs(other.Path)));
    }

    [Fact]
    public async Task Restore_CutOffAmongBlobs_TheSameCommandGoesOn()
    {
        await MakeAsync();
        await WriteAsync(Path("backup"));
        using var other = new TemporaryHome();
        using var stop = new CancellationTokenSource();
        await using (var target = StateStore.OfHome(other.Path))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Restore.RestoreAsync(Path("backup"), target, written: _ => stop.Cancel(), cancellationToken: stop.Token));
        }

        Assert.NotEmpty(await ContentAsync(Blobs(other.Path)));
        await RestoreAsync(Path("backup"), StateStore.OfHome(other.Path));
        Assert.Equal(await ContentAsync(Blobs(_home.Path)), await ContentAsync(Blobs(other.Path)));
    }

    [Fact]
    public async Task Restore_OverwriteCutOff_NoStateIsLeftAndTheSameCommandGoesOn()
    {
        await MakeAsync();
        await WriteAsync(Path("backup"));
        var before = await ContentAsync(Blobs(_home.Path));
        await PutAsync(Blobs(_home.Path), "runs/run-1/a.bin", "what the state speaks of");
        using var stop = new CancellationTokenSource();
        await using (var target = StateStore.OfHome(_home.Path))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
                Restore.RestoreAsync(Path("backup"), target, overwrite: true, written: _ => stop.Cancel(), cancellationToken: stop.Token));
            Assert.Equal(0, await target.ReadAsync(RowsAsync, CancellationToken.None));
        }

        await RestoreAsync(Path("backup"), StateStore.OfHome(_home.Path), overwrite: true);
        await using var restored = StateStore.OfHome(_home.Path);
        Assert.NotEqual(0, await restored.ReadAsync(RowsAsync, CancellationToken.None));
        Assert.Equal(before, await ContentAsync(Blobs(_home.Path)));
    }

    [Fact]
    public async Task Restore_SiloWhoseSignsOfLifeAreOld_RefusedWhileItsPortAnswers()
    {
        await MakeAsync();
        await WriteAsync(Path("backup"));
        await using var cluster = await Cluster.SmallCluster.CreateAsync(server);
        var options = cluster.Options("control-1", SiloRole.Control);
        var host = await cluster.StartAsync(options with { Timings = options.Timings with { AliveSignal = TimeSpan.FromMinutes(10) } });
        var late = new LateClock(TimeSpan.FromMinutes(5));
        var refused = await Assert.ThrowsAsync<PoaException>(() => RestoreAsync(Path("backup"), Target()));
        Assert.Equal(ErrorCodes.HomeInUse, refused.Code);
        Assert.Contains($"control-1 at {host.Silo}", refused.Message, StringComparison.Ordinal);

        // As a silo that was killed leaves it: a member, and nobody at its port.
        await host.StopAsync().WaitAsync(Wait.Limit);
        await using (var connection = new NpgsqlConnection(cluster.Address.ConnectionString))
        {
            await connection.OpenAsync();
            await using var update = new NpgsqlCommand($"UPDATE OrleansMembershipTable SET Status = {(int)SiloStatus.Active};", connection);
            Assert.Equal(1, await update.ExecuteNonQueryAsync());
        }

        await RestoreAsync(Path("backup"), Target(), overwrite: true);

        StateStore Target() => StateStore.OfCluster(cluster.Address, new LocalBlobStore(Path("cluster-blobs")), late);
    }

    [Fact]
    public async Task Write_CutOff_NothingIsLeft()
    {
        await MakeAsync();
        using var stop = new CancellationTokenSource();
        await using var source = StateStore.OfHome(_home.Path);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Backup.WriteAsync(source, Path("backup"), _ => stop.Cancel(), stop.Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));

        // Killed: the remains are cleared away by the next.
        Directory.CreateDirectory(Path("backup.partial", "blobs"));
        await WriteAsync(Path("backup"));
        Assert.Equal(["backup"], Directory.EnumerateFileSystemEntries(_folder).Select(path => System.IO.Path.GetFileName(path)));
    }

    [Fact]
    public async Task Write_BlobDamagedWhereItLies_LeftOutAndNamed()
    {
        await MakeAsync();
        var path = System.IO.Path.Combine(_home.Path, "blobs", "runs", "run-1", "a.bin");
        var time = File.GetLastWriteTimeUtc(path);
        await File.WriteAllTextAsync(path, "AAAA"); // as a disk would lose it: same length, same time
        File.SetLastWriteTimeUtc(path, time);
        var manifest = await WriteAsync(Path("backup"));
        Assert.Equal(["runs/run-1/a.bin"], manifest.Damaged);
        Assert.Equal(["runs/run-1/b.bin"], manifest.Blobs.Select(blob => blob.Name));
    }

    [Fact]
    public async Task Write_FolderTakenOrNothingToBackUp_Refused()
    {
        await using var nothing = StateStore.OfHome(Path("empty-home"));
        Assert.Equal(ErrorCodes.BlobNotFound, (await Assert.ThrowsAsync<PoaException>(() => Backup.WriteAsync(nothing, Path("backup")))).Code);
        await MakeAsync();
        await File.WriteAllTextAsync(Path("taken"), "");
        Assert.Contains("taken", (await Assert.ThrowsAsync<PoaException>(() => WriteAsync(Path("taken")))).Message, StringComparison.Ordinal);
        Assert.Contains("no backup", (await Assert.ThrowsAsync<PoaException>(() => RestoreAsync(Path("none"), StateStore.OfHome(Path("x"))))).Message, StringComparison.Ordinal);
    }

    /// <summary>A data folder with a run that is active, a reminder for it, and two blobs.</summary>
    private async Task MakeAsync()
    {
        var executor = new FakeExecutor();
        var host = await _home.StartAsync(executor);
        var work = await StartedAsync(host, executor);
        await work.CheckpointAsync(0);
        await work.CheckpointAsync(10);
        await TemporaryHome.AbandonAsync(host);
        await PutAsync(Blobs(_home.Path), "runs/run-1/a.bin", "aaaa");
        await PutAsync(Blobs(_home.Path), "runs/run-1/b.bin", "bb");
    }

    private static async Task<FakeWork> StartedAsync(EmbeddedHost host, FakeExecutor executor)
    {
        var run = host.Cluster.GetGrain<ITrainingRunGrain>("run-1");
        await run.CreateAsync(new RunSpecification { RunId = "run-1", ConfigurationYaml = "student:\n  arch: vit\n", Data = "demo" });
        await run.StartAsync();
        return await executor.TrainingAsync("run-1");
    }

    private static LocalBlobStore Blobs(string home) => new(System.IO.Path.Combine(home, "blobs"));

    private static async Task PutAsync(IBlobStore store, string name, string text)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        await store.UploadAsync(name, content, BlobWriteCondition.Overwrite);
    }

    private static async Task<IReadOnlyList<string>> ContentAsync(IBlobStore store)
    {
        var found = new List<string>();
        await foreach (var blob in store.ListAsync(""))
        {
            found.Add($"{blob.Name} {blob.Size} {blob.Sha256}");
        }

        return found;
    }

    private static async Task RestoreAsync(string folder, StateStore target, bool overwrite = false)
    {
        await using (target)
        {
            await Restore.RestoreAsync(folder, target, overwrite);
        }
    }

    private async Task<BackupManifest> WriteAsync(string folder, Action<BackupBlob>? copied = null)
    {
        await using var source = StateStore.OfHome(_home.Path);
        return await Backup.WriteAsync(source, folder, copied);
    }

    private static async Task<int> RowsAsync(DbConnection connection, DbTransaction transaction)
    {
        await using var count = connection.CreateCommand();
        (count.CommandText, count.Transaction) = ("SELECT COUNT(*) FROM OrleansStorage;", transaction);
        return Convert.ToInt32(await count.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    private string Path(params string[] parts) => System.IO.Path.Combine([_folder, .. parts]);

    private sealed class LateClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
