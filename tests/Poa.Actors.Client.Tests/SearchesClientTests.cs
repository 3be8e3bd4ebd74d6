using Poa.Actors.Abstractions;
using Poa.Actors.Tests;
using Poa.Elastic;

namespace Poa.Actors.Client.Tests;

[Collection(OneDevice.Name)]
public sealed class SearchesClientTests(ClusterFixture fixture) : IAsyncDisposable
{
    private static readonly EvaluationData Data = new("demo?split=train", "demo?split=test");

    private readonly PoaClient _client = new(fixture.Client);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task Start_WithoutANumber_AsksForAThirdOfTheGridAndIsFollowedToItsEnd()
    {
        var run = await RunAsync();
        var search = (await _client.Searches.StartAsync(run, Data, new SearchBudget())).Specification;
        Assert.Equal((5, 0L, Environment.UserName), (search.Evaluations, search.Iteration, search.CreatedBy));

        var ended = _client.Searches.WaitAsync(search.SearchId);
        for (var number = 1; number <= 3; number++)
        {
            var work = await fixture.Executor.BatchAsync(SearchId.SweepOf(search.SearchId, number));
            await work.Reporter.ResultAsync([.. work.Evaluation.SubNetworks.Select(name => FakeWork.ResultOf(name, SubNetwork.Parse(name).Width))]);
            await work.CompleteAsync();
        }

        var done = await ended.WaitAsync(Wait.Limit);
        Assert.Equal((SearchStatus.Completed, 5, 96.0), (done.Status, done.Evaluations, done.Choice!.Metric));
        Assert.Equal(done.Best, Assert.Single(await _client.Searches.ListAsync(run)).Best);
    }

    [Fact]
    public async Task Get_Unknown_SaysSo() =>
        Assert.Equal(ErrorCodes.SearchNotFound, (await Assert.ThrowsAsync<PoaException>(() => _client.Searches.GetAsync("no-such-search"))).Code);

    [Fact]
    public async Task Start_IdThatLeavesNoRoomForSweeps_Refused() =>
        Assert.Equal(ErrorCodes.InvalidArgument, (await Assert.ThrowsAsync<PoaException>(() =>
            _client.Searches.StartAsync("a-run", Data, new SearchBudget(), search: new string('a', RunId.MaxLength)))).Code);

    private async Task<string> RunAsync() => (await Specifications.PausedRunAsync(fixture, ConfigurationPresets.Load("demo").ToYaml())).GetPrimaryKeyString();
}
