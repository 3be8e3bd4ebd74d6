using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Actors.Tests;

namespace Poa.Actors.Silo.Tests.Home;

public sealed class HomeTests : IDisposable
{
    private readonly TemporaryHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Host_WhileItRuns_FoundByItsFileAndGoneAfterwards()
    {
        HostFile? Read() => HostFile.TryRead(_home.Path);
        await File.WriteAllTextAsync(HostFile.PathIn(_home.Path), "left behind by a host that was killed");
        var host = await _home.StartAsync(new FakeExecutor());
        Assert.Equal(Environment.ProcessId, Read()!.ProcessId);
        await using (var client = await PoaClient.ConnectAsync(_home.Path))
        {
            Assert.Equal($"folder:{Path.Combine(_home.Path, "blobs")}", (await client.InfoAsync()).BlobStore);
            var e = await Assert.ThrowsAsync<PoaException>(() => client.Runs.GetAsync("run-1"));
            Assert.Equal(ErrorCodes.RunNotFound, e.Code);
            Assert.NotEmpty(e.Remedy);
        }

        var left = Read()!;
        await host.StopAsync();
        Assert.Null(Read());
        var absent = await Assert.ThrowsAsync<PoaException>(() => PoaClient.ConnectAsync(_home.Path));
        Assert.Equal(ErrorCodes.HostUnreachable, absent.Code);

        left.Write(_home.Path);
        var silent = await Assert.ThrowsAsync<PoaException>(() => PoaClient.ConnectAsync(_home.Path));
        Assert.Equal(ErrorCodes.HostUnreachable, silent.Code);
        Assert.Contains(left.GatewayPort.ToString(CultureInfo.InvariantCulture), silent.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_HostOnTheSameFolder_RefusedWithTheHoldersProcess()
    {
        await using var first = await _home.StartAsync(new FakeExecutor());
        var e = await Assert.ThrowsAsync<PoaException>(() => _home.StartAsync(new FakeExecutor()));
        Assert.Equal(ErrorCodes.HomeInUse, e.Code);
        Assert.Contains($"process {Environment.ProcessId}", e.Message, StringComparison.Ordinal);
        Assert.NotNull(HostFile.TryRead(_home.Path));
    }

    [Fact]
    public async Task Port_InUse_NamedWithRemedyAndFolderFreeAgain()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var e = await Assert.ThrowsAsync<PoaException>(() => EmbeddedHost.StartAsync(_home.Options() with { GatewayPort = port }));
        Assert.Equal(ErrorCodes.PortInUse, e.Code);
        Assert.Contains($"gateway port {port}", e.Message, StringComparison.Ordinal);
        Assert.NotEmpty(e.Remedy);
        await using var host = await _home.StartAsync(new FakeExecutor());
    }

    [Theory]
    [InlineData("/proc/poa")] // a file system that takes no files, also from root
    [InlineData("/dev/null/poa")] // a file where a folder should be
    public async Task Home_NotWritable_NamedWithRemedy(string home)
    {
        var e = await Assert.ThrowsAsync<PoaException>(() => EmbeddedHost.StartAsync(_home.Options() with { Home = home }));
        Assert.Equal(ErrorCodes.HomeNotWritable, e.Code);
        Assert.Contains(home, e.Message, StringComparison.Ordinal);
        Assert.Contains("--home", e.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8)] // SQLITE_READONLY
    [InlineData(13)] // SQLITE_FULL
    public void DataBase_FullOrReadOnly_ToldAsAFaultOfTheFolder(int code)
    {
        var fault = HomeFaults.Translate(new SqliteException("no room", code), Path.Combine(_home.Path, "state.db"))!;
        Assert.Equal(ErrorCodes.HomeNotWritable, fault.Code);
        Assert.Contains(_home.Path, fault.Message, StringComparison.Ordinal);
        Assert.Contains("space", fault.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DataBase_CannotBeOpened_ToldAsAFaultOfTheFolder()
    {
        Directory.CreateDirectory(Path.Combine(_home.Path, "state.db"));
        var e = await Assert.ThrowsAsync<PoaException>(() => _home.StartAsync(new FakeExecutor()));
        Assert.Equal(ErrorCodes.HomeNotWritable, e.Code);
        Assert.Contains("state.db", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DataBase_Damaged_NamedWithRemedy()
    {
        await File.WriteAllTextAsync(Path.Combine(_home.Path, "state.db"), new string('x', 4096));
        var e = await Assert.ThrowsAsync<PoaException>(() => _home.StartAsync(new FakeExecutor()));
        Assert.Equal(ErrorCodes.DamagedFile, e.Code);
        Assert.Contains("state.db", e.Message, StringComparison.Ordinal);
    }
}
