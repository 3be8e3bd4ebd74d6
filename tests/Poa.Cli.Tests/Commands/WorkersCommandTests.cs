using System.Text.Json;
using Poa.Actors.Abstractions;
using Poa.Actors.Silo;
using Xunit;

namespace Poa.Cli.Tests.Commands;

/// <summary>Against a host in this process, as another terminal would.</summary>
public sealed class WorkersCommandTests : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("poa-workers-").FullName;
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Fact]
    public async Task DrainAndResume_AShard_ListedAccordingly()
    {
        await using var host = await EmbeddedHost.StartAsync(new EmbeddedHostOptions { Home = home }, TestContext.Current.CancellationToken);
        ShardStanding[] shards;
        while ((shards = await ListAsync()).Length == 0)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken); // the worker registers once the host is up
        }

        var shard = shards.Single().Shard;

        Assert.Equal(ExitCodes.Success, await RunAsync("workers", "drain", shard));
        Assert.Contains("drained", output.ToString(), StringComparison.Ordinal);
        Assert.True((await ListAsync()).Single().IsDrainedByOperator);
        Assert.Equal(ExitCodes.Success, await RunAsync("workers", "resume", shard));
        Assert.False((await ListAsync()).Single().IsDrainedByOperator);

        Assert.NotEqual(ExitCodes.Success, await RunAsync("workers", "drain", "nowhere/cpu"));
        Assert.Contains(shard, error.ToString(), StringComparison.Ordinal);
    }

    private async Task<ShardStanding[]> ListAsync()
    {
        Assert.Equal(ExitCodes.Success, await RunAsync("workers", "--json"));
        return JsonSerializer.Deserialize<ShardStanding[]>(output.ToString(), JsonSerializerOptions.Web)!;
    }

    private Task<int> RunAsync(params string[] arguments)
    {
        output.GetStringBuilder().Clear();
        return PoaCommandLine.RunAsync(
            [.. arguments, "--home", home], new CliContext(output, error, false, 200, TimeProvider.System), TestContext.Current.CancellationToken);
    }
}
