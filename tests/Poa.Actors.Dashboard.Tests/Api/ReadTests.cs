using System.Net;
using System.Text.Json;
using Poa.Actors.Abstractions;

namespace Poa.Actors.Dashboard.Tests.Api;

/// <summary>Lists and single things.</summary>
[Collection(ApiCollection.Name)]
public sealed class ReadTests(ApiFixture fixture)
{
    [Fact]
    public async Task Get_Runs_PagesWithTotalAndCounts()
    {
        var first = await fixture.PausedRunAsync();
        var second = await fixture.PausedRunAsync();

        var newest = await fixture.Viewer.JsonAsync("/api/v1/runs?status=paused&limit=1");
        var next = await fixture.Viewer.JsonAsync("/api/v1/runs?status=paused&limit=1&offset=1");

        Assert.True(newest.GetProperty("total").GetInt32() >= 2);
        Assert.True(newest.GetProperty("counts").GetProperty("paused").GetInt32() >= 2);
        Assert.Equal([second, first], new[] { newest, next }.Select(page => page.GetProperty("entries")[0].GetProperty("runId").GetString()));
    }

    [Fact]
    public async Task Get_NameThatIsAScript_IsDataThatNoBrowserRuns()
    {
        foreach (var path in new[] { $"/api/v1/runs/{fixture.Run}", $"/api/v1/runs?text={fixture.Run}" })
        {
            using var answer = await fixture.Viewer.GetAsync(path);
            var text = await answer.Content.ReadAsStringAsync();

            Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.DoesNotContain("<script", text, StringComparison.OrdinalIgnoreCase);
            Assert.Contains(ApiFixture.Script, JsonSerializer.Deserialize<string>($"\"{Quoted(text)}\""), StringComparison.Ordinal);
        }

        static string Quoted(string json)
        {
            var from = json.IndexOf("\"name\":\"", StringComparison.Ordinal) + "\"name\":\"".Length;
            return json[from..json.IndexOf('"', from)];
        }
    }

    [Theory]
    [InlineData("/api/v1/runs?status=none", "status")]
    [InlineData("/api/v1/runs?status=99", "status")]
    [InlineData("/api/v1/runs?sort=colour", "sort")]
    [InlineData("/api/v1/runs?limit=0", "limit")]
    [InlineData("/api/v1/runs?limit=1001", "limit")]
    [InlineData("/api/v1/runs?offset=-1", "offset")]
    [InlineData("/api/v1/runs?offset=9999999999999", "offset")]
    [InlineData("/api/v1/runs?label=purpose", "label")]
    [InlineData("/api/v1/runs?ascending=maybe", "ascending")]
    [InlineData("/api/v1/sweeps?run=A%20B", "A B")]
    [InlineData("/api/v1/configuration-reference?architecture=mlp", "architecture")]
    public async Task Get_WrongParameter_IsNamed(string path, string named)
    {
        using var answer = await fixture.Viewer.GetAsync(path);

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, ErrorCodes.InvalidArgument);
        Assert.Contains(named, problem.GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/runs/no-such-run", ErrorCodes.RunNotFound)]
    [InlineData("/api/v1/runs/no-such-run/grid", ErrorCodes.RunNotFound)]
    [InlineData("/api/v1/runs/no-such-run/metrics?format=csv", ErrorCodes.RunNotFound)]
    [InlineData("/api/v1/runs/no-such-run/metrics/stream", ErrorCodes.RunNotFound)]
    [InlineData("/api/v1/runs/no-such-run/events/stream", ErrorCodes.RunNotFound)]
    [InlineData("/api/v1/runs/no-such-run/logs", ErrorCodes.RunNotFound)]
    [InlineData("/api/v1/sweeps/no-such-sweep", ErrorCodes.SweepNotFound)]
    [InlineData("/api/v1/sweeps/no-such-sweep/stream", ErrorCodes.SweepNotFound)]
    [InlineData("/api/v1/presets/no-such", "preset-not-found")]
    [InlineData("/api/v1/nothing-here", "not-found")]
    public async Task Get_WhatIsNot_Is404WithItsCode(string path, string code)
    {
        using var answer = await fixture.Viewer.GetAsync(path);

        await answer.ProblemAsync(HttpStatusCode.NotFound, code);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task Delete_WhereThereIsNone_Is405()
    {
        using var answer = await fixture.Operator.DeleteAsync($"/api/v1/runs/{fixture.Run}");

        await answer.ProblemAsync(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task Get_Configuration_IsYaml()
    {
        using var answer = await fixture.Viewer.GetAsync($"/api/v1/runs/{fixture.Run}/configuration");

        Assert.Equal("application/yaml", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("arch: vit", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_LogWhoseNameClimbs_IsRefused()
    {
        using var answer = await fixture.Viewer.GetAsync($"/api/v1/runs/{fixture.Run}/logs/..%2F..%2Fsecret");

        await answer.ProblemAsync(HttpStatusCode.BadRequest, ErrorCodes.InvalidArgument);
    }

    [Theory]
    [InlineData("/api/v1/workers")]
    [InlineData("/api/v1/queue")]
    [InlineData("/api/v1/info")]
    [InlineData("/api/v1/presets")]
    [InlineData("/api/v1/presets/demo")]
    [InlineData("/api/v1/recipes")]
    [InlineData("/api/v1/configuration-reference")]
    [InlineData("/api/v1/sweeps")]
    public async Task Get_List_Answers(string path)
    {
        var answer = await fixture.Viewer.JsonAsync(path);

        Assert.NotEqual(JsonValueKind.Null, answer.ValueKind);
    }

    [Fact]
    public async Task Get_HealthAsNobody_SaysReadyAndNothingElse()
    {
        var health = await fixture.Anonymous.JsonAsync("/api/v1/health");

        Assert.Equal("""{"isReady":true}""", health.GetRawText());
    }
}
