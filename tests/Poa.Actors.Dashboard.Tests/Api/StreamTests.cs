using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Poa.Actors.Abstractions;
using Poa.Actors.Tests;

namespace Poa.Actors.Dashboard.Tests.Api;

/// <summary>Server-sent events of runs.</summary>
[Collection(ApiCollection.Name)]
public sealed class StreamTests(ApiFixture fixture)
{
    [Fact]
    public async Task Metrics_ConnectionThatBreaks_GoesOnWithoutGapAndWithoutDouble()
    {
        var run = await fixture.PausedRunAsync();
        await fixture.WriteStepsAsync(run, 0, 700);
        await fixture.Poa.Runs.ResumeAsync(run);
        var work = await fixture.Cluster.Executor.TrainingAsync(run, after: (await fixture.Cluster.Executor.TrainingAsync(run)).Lease.FencingToken);
        var seen = new List<long>();
        var path = $"/api/v1/runs/{run}/metrics/stream";

        // The first connection breaks after one event, while there is more.
        var position = await ReadAsync(path, null, item => Note(seen, item) is not true);
        Assert.InRange(seen.Count, 1, 699);

        // The second is open while steps are written.
        var second = ReadAsync(path, position, item => Note(seen, item) is not true || seen[^1] < 899);
        await fixture.WriteStepsAsync(run, 700, 900);
        position = await second;

        // The third sees the end.
        await fixture.WriteStepsAsync(run, 900, 1000);
        await fixture.Poa.Runs.PauseAsync(run);
        await work.StopAsAskedAsync(await work.StopRequestedAsync());
        var last = "";
        position = await ReadAsync(path, position, item =>
        {
            Note(seen, item);
            last = item.EventType == "end" ? item.Data : last;
            return true;
        });

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), seen);
        Assert.Contains("paused", last, StringComparison.Ordinal);
        using var none = await fixture.Viewer.SendAsync(Http.Get(path).With("Last-Event-ID", position!));
        Assert.Equal(HttpStatusCode.NoContent, none.StatusCode);
    }

    [Fact]
    public async Task Events_ConnectionThatBreaks_GoesOnBehindTheLastPosition()
    {
        var run = await fixture.PausedRunAsync();
        await fixture.Poa.Runs.ResumeAsync(run);
        var work = await fixture.Cluster.Executor.TrainingAsync(run, after: (await fixture.Cluster.Executor.TrainingAsync(run)).Lease.FencingToken);
        var sequences = new List<long>();
        bool Take(SseItem<string> item)
        {
            if (item.EventType == "update")
            {
                sequences.AddRange(JsonDocument.Parse(item.Data).RootElement.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("sequence").GetInt64()));
            }

            return item.EventType != "update";
        }

        var path = $"/api/v1/runs/{run}/events/stream";
        var position = await ReadAsync(path, null, Take);
        await work.Reporter.NoteAsync(NoteLevel.Warning, ApiFixture.Script);
        await fixture.Poa.Runs.CancelAsync(run);
        await work.StopAsAskedAsync(await work.StopRequestedAsync());
        await ReadAsync(path, position, item =>
        {
            Take(item);
            return true;
        });

        var events = (await fixture.Poa.Runs.GetAsync(run)).Events;
        Assert.Equal(events.Select(e => e.Sequence), sequences);
        Assert.Contains(events, e => e.Message.Contains(ApiFixture.Script, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stream_Opened_HasTheHeadersOfEventsAndAHeartbeatAtOnce()
    {
        using var answer = await fixture.Viewer.SendAsync(Http.Get($"/api/v1/runs/{fixture.Run}/metrics/stream?after=10"), HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        await using var stream = await answer.Content.ReadAsStreamAsync();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync())
        {
            Assert.Equal("heartbeat", item.EventType);
            break;
        }
    }

    [Theory]
    [InlineData("metrics/stream")]
    [InlineData("events/stream")]
    public async Task Stream_PositionThatIsNone_IsRefused(string path)
    {
        using var answer = await fixture.Viewer.SendAsync(Http.Get($"/api/v1/runs/{fixture.Run}/{path}").With("Last-Event-ID", "<script>"));

        await answer.ProblemAsync(HttpStatusCode.BadRequest, ErrorCodes.InvalidArgument);
    }

    private static bool? Note(List<long> seen, SseItem<string> item)
    {
        if (item.EventType != "steps")
        {
            return null;
        }

        seen.AddRange(JsonDocument.Parse(item.Data).RootElement.EnumerateArray().Select(step => step.GetProperty("iteration").GetInt64()));
        return true;
    }

    /// <summary>Reads events while they are wanted, then hangs up.</summary>
    /// <returns>The position of the last event with one, or the one given.</returns>
    private async Task<string?> ReadAsync(string path, string? position, Func<SseItem<string>, bool> goesOn)
    {
        using var limit = new CancellationTokenSource(Wait.Limit);
        var request = position is null ? Http.Get(path) : Http.Get(path).With("Last-Event-ID", position);
        using var answer = await fixture.Viewer.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var stream = await answer.Content.ReadAsStreamAsync(limit.Token);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(limit.Token))
        {
            position = item.EventId is { Length: > 0 } id ? id : position;
            if (!goesOn(item))
            {
                break;
            }
        }

        return position;
    }
}
