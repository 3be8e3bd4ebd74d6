using Poa.Actors.Abstractions;
using Poa.EndToEnd.Tests.Processes;
using Xunit;

namespace Poa.EndToEnd.Tests.Resume;

/// <summary>A search in a host that is killed with SIGKILL during two of its sweeps asks the same questions, once each, and ends as one that nobody disturbed.</summary>
public sealed class SearchKillTests
{
    private const string Search = "search-within-a-budget";
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task Search_HostKilledDuringItsSweeps_GoesOnToTheSameEnd()
    {
        using var calm = new TemporaryHome();
        var trained = await PoaProcess.RunAsync(calm, [.. TinyRun.Arguments, $"train.OFFICIAL_EPOCH_LENGTH={TinyRun.CheckpointEvery}"]);
        Assert.True(trained.ExitCode == 0, trained.ToString());
        using var home = new TemporaryHome();
        calm.CopyTo(home);

        SearchSnapshot expected;
        await using (var host = await HostedCluster.StartAsync(calm))
        {
            await StartAsync(host);
            expected = await EndAsync(host);
        }

        await using (var host = await HostedCluster.StartAsync(home))
        {
            await StartAsync(host);
            await KillDuringAsync(host, round: 1);
        }

        await using (var host = await HostedCluster.StartAsync(home))
        {
            await KillDuringAsync(host, round: 2);
        }

        await using var last = await HostedCluster.StartAsync(home);
        var actual = await EndAsync(last);

        Assert.Equal((SearchStatus.Completed, 5), (expected.Status, expected.Evaluations));
        Assert.Equal((expected.Status, expected.Ended, expected.Best, expected.Evaluations), (actual.Status, actual.Ended, actual.Best, actual.Evaluations));
        Assert.Equal(expected.SubNetworks, actual.SubNetworks);
        Assert.Equal(expected.Rounds.Select(round => string.Join(' ', round.SubNetworks)), actual.Rounds.Select(round => string.Join(' ', round.SubNetworks)));
        foreach (var name in actual.Rounds.SelectMany(round => round.SubNetworks))
        {
            Assert.Equal(1, await ComputationsAsync(last, actual.Specification.JobOf(name)));
        }
    }

    private static async Task<int> ComputationsAsync(HostedCluster host, EvaluationKey key) =>
        (await host.Grains.GetGrain<IEvaluationJobGrain>(key.ToString()).GetAsync()).Computations;

    private static Task StartAsync(HostedCluster host) => host.Client.Searches.StartAsync(
        TinyRun.Id, new EvaluationData("demo?split=test", "demo?split=test"), new SearchBudget(), evaluations: 5, options: new Dictionary<string, string> { ["neighbours"] = "10" }, search: Search);

    private static async Task KillDuringAsync(HostedCluster host, int round)
    {
        await Until.TrueAsync($"sweep {round} of the search", async () => (await host.Client.Searches.GetAsync(Search)).Rounds.Length >= round, every: Often);
        await host.Process.KillAsync();
    }

    private static async Task<SearchSnapshot> EndAsync(HostedCluster host)
    {
        SearchSnapshot snapshot = null!;
        await Until.TrueAsync("the end of the search", async () => (snapshot = await host.Client.Searches.GetAsync(Search)).IsFinished, seconds: 240, every: Often);
        Assert.True(snapshot.Status == SearchStatus.Completed, snapshot.Error?.ToString());
        return snapshot;
    }
}
