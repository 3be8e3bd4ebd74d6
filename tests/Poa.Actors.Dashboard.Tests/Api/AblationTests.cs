using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Poa.Actors.Abstractions;
using Poa.Actors.Tests;

namespace Poa.Actors.Dashboard.Tests.Api;

/// <summary>Ablations over HTTP.</summary>
[Collection(ApiCollection.Name)]
public sealed class AblationTests(ApiFixture fixture)
{
    private const string Body = """
        {"tableYaml":"title: Weights\nrows:\n- name: whole\n- name: half\n  set: [dino.lambda_ie=0.5]","seeds":1,"preset":"demo","subNetworks":["48x2"],
         "evaluation":{"train":"demo?split=train","test":"demo?split=test"}
        """;

    [Fact]
    public async Task Post_Ablation_CanBeFollowedListedAndCancelled()
    {
        using var answer = await fixture.Operator.PostAsync("/api/v1/ablations", Body + "}");
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var started = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var id = started.GetProperty("specification").GetProperty("ablationId").GetString()!;
        Assert.Equal($"/api/v1/ablations/{id}", answer.Headers.Location!.OriginalString);
        Assert.Equal(["whole", "half"], started.GetProperty("table").EnumerateArray().Select(row => row.GetProperty("name").GetString()));
        using var again = await fixture.Operator.PostAsync("/api/v1/ablations", $"{Body},\"ablationId\":\"{id}\"}}");
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        using var other = await fixture.Operator.PostAsync("/api/v1/ablations", $"{Body},\"ablationId\":\"{id}\",\"metric\":\"top5@20\"}}");
        await other.ProblemAsync(HttpStatusCode.Conflict, ErrorCodes.AblationExists);

        var work = await fixture.Cluster.Executor.TrainingAsync(AblationId.RunOf(id, "whole", 0));
        var standing = await fixture.Viewer.JsonAsync($"/api/v1/ablations/{id}");
        Assert.Equal(("running", 2), (standing.GetProperty("status").GetString(), standing.GetProperty("runs").GetArrayLength()));
        using var cancelled = await fixture.Operator.PostAsync($"/api/v1/ablations/{id}/cancel", "{}");
        Assert.Equal(HttpStatusCode.OK, cancelled.StatusCode);
        await work.StopAsAskedAsync(await work.StopRequestedAsync());
        await Wait.ForAsync(() => fixture.Poa.Ablations.GetAsync(id), s => s.Status == AblationStatus.Cancelled);

        var stream = await fixture.Viewer.GetStringAsync($"/api/v1/ablations/{id}/stream");
        Assert.Contains("event: update", stream, StringComparison.Ordinal);
        Assert.Contains("event: end", stream, StringComparison.Ordinal);
        Assert.Contains(id, (await fixture.Viewer.JsonAsync("/api/v1/ablations")).EnumerateArray().Select(entry => entry.GetProperty("ablationId").GetString()));
    }

    [Theory]
    [InlineData("""{"preset":"demo","evaluation":{"train":"a","test":"b"}}""", "No table")]
    [InlineData("""{"table":"nonsense","preset":"demo","evaluation":{"train":"a","test":"b"}}""", "nonsense")]
    [InlineData("""{"table":"paper","rows":["nowhere"],"preset":"demo","evaluation":{"train":"a","test":"b"}}""", "nowhere")]
    [InlineData("""{"tableYaml":"rows: []","preset":"demo","evaluation":{"train":"a","test":"b"}}""", "rows")]
    [InlineData("""{"tableYaml":"rows: [{name: a}]","evaluation":{"train":"a","test":"b"}}""", "No configuration")]
    [InlineData("""{"tableYaml":"rows: [{name: a}]","preset":"demo","seeds":0,"evaluation":{"train":"a","test":"b"}}""", "0 seeds")]
    [InlineData("""{"tableYaml":"rows: [{name: a}]","preset":"demo","subNetworks":["1x1"],"evaluation":{"train":"a","test":"b"}}""", "1x1")]
    public async Task Post_AblationThatCannotBe_IsRefusedAndNamesWhatIsWrong(string body, string named)
    {
        using var answer = await fixture.Operator.PostAsync("/api/v1/ablations", body);

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, ErrorCodes.InvalidArgument);
        Assert.Contains(named, problem.GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_AblationThatIsNot_Is404()
    {
        using var answer = await fixture.Viewer.GetAsync("/api/v1/ablations/no-such-ablation");

        await answer.ProblemAsync(HttpStatusCode.NotFound, ErrorCodes.AblationNotFound);
    }
}
