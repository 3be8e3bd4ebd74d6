using System.Net;
using Poa.Actors.Abstractions;

namespace Poa.Actors.Dashboard.Tests.Api;

/// <summary>Figures of a run in pages and as text.</summary>
[Collection(ApiCollection.Name)]
public sealed class MetricsTests(ApiFixture fixture)
{
    private string Metrics => $"/api/v1/runs/{fixture.Run}/metrics";

    [Fact]
    public async Task Get_PageAfterPage_GivesEachStepOnce()
    {
        var iterations = new List<long>();
        for (long after = -1; ;)
        {
            var page = await fixture.Viewer.JsonAsync($"{Metrics}?after={after}&limit=250");
            var steps = page.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("iteration").GetInt64()).ToList();
            if (steps.Count == 0)
            {
                break;
            }

            iterations.AddRange(steps);
            after = page.GetProperty("next").GetInt64();
        }

        Assert.Equal(Enumerable.Range(0, (int)ApiFixture.Steps).Select(i => (long)i), iterations);
    }

    [Fact]
    public async Task Get_FigureThatIsNotFinite_IsText()
    {
        var page = await fixture.Viewer.JsonAsync($"{Metrics}?after=6&limit=2");

        var losses = page.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("values").GetProperty("loss")).ToList();
        Assert.Equal("NaN", losses[0].GetString());
        Assert.Equal(9.5, losses[1].GetDouble());
    }

    [Theory]
    [InlineData("?format=csv", null)]
    [InlineData("", "text/csv")]
    [InlineData("", "application/json;q=0.5, text/csv")]
    public async Task Get_Csv_HasAHeaderAndAllSteps(string query, string? accept)
    {
        using var answer = await fixture.Viewer.SendAsync(accept is null ? Http.Get(Metrics + query) : Http.Get(Metrics + query).With("Accept", accept));

        Assert.Equal("text/csv", answer.Content.Headers.ContentType!.MediaType);
        var lines = (await answer.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("iteration,subNetwork,learning_rate,loss", lines[0]);
        Assert.Equal($"7,{ApiFixture.SubNetwork},0.001,NaN", lines[8]);
        Assert.Equal(ApiFixture.Steps + 1, lines.Length);
    }

    [Fact]
    public async Task Get_JsonLines_AreReadableByTheLogsReader()
    {
        using var answer = await fixture.Viewer.SendAsync(Http.Get($"{Metrics}?after=99&limit=300").With("Accept", "application/x-ndjson"));

        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType!.MediaType);
        var steps = (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(StepMetrics.FromLine).ToList();
        Assert.Equal(Enumerable.Range(100, 300).Select(i => (long)i), steps.Select(step => step.Iteration));
    }

    [Fact]
    public async Task Get_FormThatIsNotGiven_Is406()
    {
        using var answer = await fixture.Viewer.SendAsync(Http.Get(Metrics).With("Accept", "image/png"));

        await answer.ProblemAsync(HttpStatusCode.NotAcceptable);
    }

    [Fact]
    public async Task Get_Series_IsBoundedAndCoversAll()
    {
        var series = await fixture.Viewer.JsonAsync($"/api/v1/runs/{fixture.Run}/series?maxPoints=50");

        Assert.InRange(series.GetProperty("iterations").GetArrayLength(), 10, 50);
        Assert.Equal(ApiFixture.Steps, series.GetProperty("nextIteration").GetInt64());
        Assert.Equal(ApiFixture.Steps, series.GetProperty("counts").EnumerateArray().Sum(count => count.GetInt64()));
    }

    [Fact]
    public async Task Get_Samples_CountTheSteps()
    {
        var samples = await fixture.Viewer.JsonAsync($"/api/v1/runs/{fixture.Run}/samples");

        Assert.Equal(ApiFixture.Steps, samples.GetProperty("total").GetInt64());
        Assert.Equal(ApiFixture.Steps, samples.GetProperty("counts").GetProperty(ApiFixture.SubNetwork).GetInt64());
    }

    [Theory]
    [InlineData("metrics?limit=0", "limit")]
    [InlineData("metrics?limit=10001", "limit")]
    [InlineData("metrics?limit=abc", "limit")]
    [InlineData("metrics?after=-2", "after")]
    [InlineData("metrics?format=xml", "format")]
    [InlineData("metrics?format=99", "format")]
    [InlineData("series?from=-1", "from")]
    [InlineData("series?maxPoints=0", "maxPoints")]
    [InlineData("series?maxPoints=999999999", "maxPoints")]
    [InlineData("metrics/stream?after=x", "after")]
    public async Task Get_WrongParameter_IsNamed(string path, string parameter)
    {
        using var answer = await fixture.Viewer.GetAsync($"/api/v1/runs/{fixture.Run}/{path}");

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, ErrorCodes.InvalidArgument);
        Assert.Contains(parameter, problem.GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }
}
