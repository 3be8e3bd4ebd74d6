using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Poa.Actors.Abstractions;
using Poa.Actors.Tests;

namespace Poa.Actors.Dashboard.Tests.Api;

/// <summary>Searches within a budget.</summary>
[Collection(ApiCollection.Name)]
public sealed class SearchTests(ApiFixture fixture)
{
    [Fact]
    public async Task Post_Search_CanBeFollowedListedAndCancelled()
    {
        var run = await fixture.PausedRunAsync();
        var start = $$$"""{"run":"{{{run}}}","evaluations":4,"budget":{"parameters":30000000},"data":{"train":"demo?split=train","test":"demo?split=test"}}""";
        using var answer = await fixture.Operator.PostAsync("/api/v1/searches", start);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var search = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("specification").GetProperty("searchId").GetString()!;
        Assert.Equal($"/api/v1/searches/{search}", answer.Headers.Location!.OriginalString);
        var work = await fixture.Cluster.Executor.BatchAsync(SearchId.SweepOf(search, 1));
        await work.ResultAsync([.. work.Evaluation.SubNetworks]);
        await work.CompleteAsync();
        var second = await fixture.Cluster.Executor.BatchAsync(SearchId.SweepOf(search, 2));

        var standing = await fixture.Viewer.JsonAsync($"/api/v1/searches/{search}");
        Assert.Equal(("running", 3), (standing.GetProperty("status").GetString(), standing.GetProperty("evaluations").GetInt32()));
        var cells = standing.GetProperty("subNetworks").EnumerateArray().ToList();
        Assert.Equal(3, cells.Count(cell => cell.GetProperty("metric").ValueKind == JsonValueKind.Number));
        // A figure is measured or predicted, never both.
        Assert.All(cells, cell => Assert.NotEqual(
            cell.GetProperty("metric").ValueKind == JsonValueKind.Null, cell.GetProperty("predictedMetric").ValueKind == JsonValueKind.Null));

        using var cancelled = await fixture.Operator.PostAsync($"/api/v1/searches/{search}/cancel", "{}");
        Assert.Equal(HttpStatusCode.OK, cancelled.StatusCode);
        await second.StopRequestedAsync();
        await second.StopAsAskedAsync(StopReason.Cancel);
        await Wait.ForAsync(() => fixture.Poa.Searches.GetAsync(search), s => s.Status == SearchStatus.Cancelled);
        var stream = await fixture.Viewer.GetStringAsync($"/api/v1/searches/{search}/stream");
        Assert.Contains("event: update", stream, StringComparison.Ordinal);
        Assert.Contains("event: end", stream, StringComparison.Ordinal);
        var listed = Assert.Single((await fixture.Viewer.JsonAsync($"/api/v1/searches?run={run}")).EnumerateArray());
        Assert.Equal(search, listed.GetProperty("searchId").GetString());
    }

    [Theory]
    [InlineData("""{"run":"RUN","budget":{},"data":{"train":"a","test":"b"},"benchmark":"latency"}""", "Latency")]
    [InlineData("""{"run":"RUN","budget":{"parameters":-1},"data":{"train":"a","test":"b"}}""", "limit")]
    [InlineData("""{"run":"RUN","budget":{},"data":{"train":"a","test":"b"},"evaluations":0}""", "evaluations")]
    [InlineData("""{"run":"RUN","budget":{},"data":{"train":"a","test":"b"},"searchId":"A B"}""", "A B")]
    public async Task Post_SearchThatCannotBe_IsRefusedAndNamesWhatIsWrong(string body, string named)
    {
        using var answer = await fixture.Operator.PostAsync("/api/v1/searches", body.Replace("RUN", fixture.Run, StringComparison.Ordinal));

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, ErrorCodes.InvalidArgument);
        Assert.Contains(named, problem.GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_SearchThatIsNot_Is404()
    {
        using var answer = await fixture.Viewer.GetAsync("/api/v1/searches/no-such-search");

        await answer.ProblemAsync(HttpStatusCode.NotFound, ErrorCodes.SearchNotFound);
    }
}
