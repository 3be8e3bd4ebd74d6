using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Poa.Actors.Abstractions;
using Poa.Actors.Tests;

namespace Poa.Actors.Dashboard.Tests.Api;

/// <summary>Commands over HTTP.</summary>
[Collection(ApiCollection.Name)]
public sealed class CommandTests(ApiFixture fixture)
{
    [Fact]
    public async Task Post_Cancel_CancelsAndIsInTheAuditLog()
    {
        var run = await fixture.PausedRunAsync();

        using var answer = await fixture.Operator.PostAsync($"/api/v1/runs/{run}/cancel", "{}");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("cancelled", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString());
        var entry = (await fixture.Admin.JsonAsync($"/api/v1/audit?text={run}&command=run.cancel")).GetProperty("entries")[0];
        Assert.Equal("a-operator", entry.GetProperty("user").GetString());
        Assert.Equal("accepted", entry.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Post_CommandThatDoesNotApply_Is409()
    {
        var run = await fixture.PausedRunAsync();
        using var first = await fixture.Operator.PostAsync($"/api/v1/runs/{run}/cancel", "{}");

        using var answer = await fixture.Operator.PostAsync($"/api/v1/runs/{run}/resume", "{}");

        await answer.ProblemAsync(HttpStatusCode.Conflict, ErrorCodes.IllegalTransition);
    }

    [Fact]
    public async Task Post_CommandForSeveral_SaysWhatCameOfEach()
    {
        var run = await fixture.PausedRunAsync();

        using var answer = await fixture.Operator.PostAsync("/api/v1/runs/cancel", $$"""{"runs":["{{run}}","no-such-run"]}""");

        var outcomes = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(run, outcomes[0].GetProperty("target").GetString());
        Assert.Equal(JsonValueKind.Null, outcomes[0].GetProperty("error").ValueKind);
        Assert.NotEqual(JsonValueKind.Null, outcomes[1].GetProperty("error").ValueKind);
    }

    [Fact]
    public async Task Post_SweepAndItsJobs_CanBeFollowed()
    {
        var start = $$$"""{"run":"{{{fixture.Run}}}","benchmark":"knn","subNetworks":["384x12","384x13"],"data":{"train":"demo?split=train","test":"demo?split=test"}}""";
        using var answer = await fixture.Operator.PostAsync("/api/v1/sweeps", start);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var sweep = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("specification").GetProperty("sweepId").GetString()!;
        Assert.Equal($"/api/v1/sweeps/{sweep}", answer.Headers.Location!.OriginalString);
        var work = await fixture.Cluster.Executor.BatchAsync(sweep);
        await work.ResultAsync("384x12");
        await work.FailAsync(retryable: false);
        await Wait.ForAsync(() => fixture.Poa.Sweeps.GetAsync(sweep), s => s.IsFinished);

        var jobs = await fixture.Viewer.JsonAsync($"/api/v1/sweeps/{sweep}/jobs?status=failed&limit=1");
        Assert.Equal("test-fault", jobs.GetProperty("entries")[0].GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(1, jobs.GetProperty("counts").GetProperty("completed").GetInt32());
        var grid = await fixture.Viewer.JsonAsync($"/api/v1/runs/{fixture.Run}/grid?benchmark=knn");
        var cell = grid.GetProperty("cells").EnumerateArray().Single(c => c.GetProperty("subNetwork").GetString() == "384x12");
        Assert.Equal(80, cell.GetProperty("results")[0].GetProperty("value").GetDouble());
        Assert.True(cell.GetProperty("parameters").GetInt64() > 1_000_000);
        var stream = await fixture.Viewer.GetStringAsync($"/api/v1/sweeps/{sweep}/stream");
        Assert.Contains("event: update", stream, StringComparison.Ordinal);
        Assert.Contains("event: end", stream, StringComparison.Ordinal);
        Assert.Contains(sweep, (await fixture.Viewer.JsonAsync($"/api/v1/sweeps?run={fixture.Run}")).GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "a=b")]
    [InlineData("text/plain", "{}")]
    [InlineData("multipart/form-data; boundary=x", "--x--")]
    [InlineData(null, "")]
    public async Task Post_WhatAFormOfAnotherSiteCouldSend_IsRefused(string? contentType, string body)
    {
        foreach (var path in new[] { $"/api/v1/runs/{fixture.Run}/cancel", "/api/v1/runs/cancel", "/api/v1/runs" })
        {
            using var content = new StringContent(body);
            content.Headers.ContentType = contentType is null ? null : System.Net.Http.Headers.MediaTypeHeaderValue.Parse(contentType);
            using var answer = await fixture.Operator.PostAsync(path, content);

            // Nothing at all where a body is needed is a wrong body first.
            await answer.ProblemAsync(contentType is null && answer.StatusCode == HttpStatusCode.BadRequest ? HttpStatusCode.BadRequest : HttpStatusCode.UnsupportedMediaType);
        }
    }

    [Theory]
    [InlineData("/api/v1/runs/cancel", "{}", "runs")]
    [InlineData("/api/v1/runs/cancel", """{"runs":null}""", "runs")]
    [InlineData("/api/v1/runs/cancel", """{"runs":"a"}""", "runs")]
    [InlineData("/api/v1/runs/cancel", """{"runs":[],"rnus":[]}""", "rnus")]
    [InlineData("/api/v1/runs", """{"preset":"no-such"}""", "no-such")]
    [InlineData("/api/v1/runs", """{"preset":"demo","runId":"../../etc"}""", "../../etc")]
    [InlineData("/api/v1/workers/drain", """{"shard":"nothing"}""", "nothing")]
    [InlineData("/api/v1/runs", "{", "JSON")]
    public async Task Post_WrongBody_IsRefusedAndNamesWhatIsWrong(string path, string body, string named)
    {
        using var answer = await fixture.Operator.PostAsync(path, body);

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, ErrorCodes.InvalidArgument);
        Assert.Contains(named, problem.GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_BodyThatIsTooLong_Is413()
    {
        using var answer = await fixture.Operator.PostAsync("/api/v1/runs", $$"""{"yaml":"{{new string('a', 2 << 20)}}"}""");

        await answer.ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Post_ConfigurationThatIsWrong_NamesEveryFault()
    {
        using var answer = await fixture.Viewer.PostAsync("/api/v1/configurations/resolve", """{"preset":"demo","overrides":["student.head_dim=-1","optim.epochs=none"]}""");

        var faults = (await answer.ProblemAsync(HttpStatusCode.BadRequest, ErrorCodes.InvalidArgument)).GetProperty("faults");
        Assert.Contains(faults.EnumerateArray(), fault => fault.GetProperty("key").GetString() == "student.head_dim");
        Assert.Contains(faults.EnumerateArray(), fault => fault.GetProperty("key").GetString() == "optim.epochs");
    }

    [Fact]
    public async Task Post_ConfigurationThatIsRight_IsResolvedWithItsCost()
    {
        using var answer = await fixture.Viewer.PostAsync("/api/v1/configurations/resolve", """{"preset":"demo","overrides":["optim.epochs=3"],"images":1000}""");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var resolved = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Contains("epochs: 3", resolved.GetProperty("yaml").GetString()!, StringComparison.Ordinal);
        Assert.True(resolved.GetProperty("cost").GetProperty("steps").GetInt64() > 0);
    }
}
