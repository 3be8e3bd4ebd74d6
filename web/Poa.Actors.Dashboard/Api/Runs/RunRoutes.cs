using System.Collections.Immutable;
using Poa.Actors.Client;

namespace Poa.Actors.Dashboard.Api;

/// <summary>What is known of runs.</summary>
internal static class RunRoutes
{
    private const int MaxPage = 1000, MaxLog = 1 << 20;

    /// <summary>Adds the routes.</summary>
    public static void Map(RouteGroupBuilder reads)
    {
        var runs = reads.MapGroup("").WithTags("Runs");
        runs.MapGet("/runs", ListAsync).WithName("listRuns");
        runs.MapGet("/runs/{run}", GetAsync).WithName("getRun").FindsNothing();
        runs.MapGet("/runs/{run}/configuration", ConfigurationAsync).WithName("getRunConfiguration").FindsNothing()
            .Produces<string>(StatusCodes.Status200OK, "application/yaml");
        runs.MapGet("/runs/{run}/events", EventsAsync).WithName("listRunEvents").FindsNothing();
        runs.MapGet("/runs/{run}/events/stream", EventStreamAsync).WithName("streamRunEvents").FindsNothing().Streams<RunUpdate>();
        runs.MapGet("/runs/{run}/logs", LogsAsync).WithName("listRunLogs").FindsNothing();
        runs.MapGet("/runs/{run}/logs/{name}", LogAsync).WithName("getRunLog").FindsNothing()
            .Produces<string>(StatusCodes.Status200OK, "text/plain");
    }

    /// <summary>Lists runs, a page at a time, with how many there are in each state.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="status">Only runs in one of these states; any if none is named. May be repeated.</param>
    /// <param name="text">Only runs with this text in id, name, data or creator; case does not matter.</param>
    /// <param name="label">Only runs with this label, <c>key=value</c>. May be repeated: all must be there.</param>
    /// <param name="sort">What to sort by.</param>
    /// <param name="ascending">Smallest or oldest first; otherwise the other way round.</param>
    /// <param name="offset">How many to leave out at the beginning.</param>
    /// <param name="limit">At most this many, 1 to 1000.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static Task<CatalogPage> ListAsync(
        PoaClient poa,
        [Choice(typeof(RunStatus))] string[]? status = null,
        string? text = null,
        string[]? label = null,
        [Choice(typeof(CatalogSort))] string sort = "created",
        bool ascending = false,
        int offset = 0,
        int limit = 100,
        CancellationToken cancellationToken = default) => poa.Runs.QueryAsync(
            new CatalogQuery
            {
                Statuses = [.. Check.Choices<RunStatus>(nameof(status), status)],
                Text = text,
                Labels = Check.Pairs(nameof(label), label ?? []).DistinctBy(pair => pair.Key).ToImmutableDictionary(),
                Sort = Check.Choice<CatalogSort>(nameof(sort), sort),
                Ascending = ascending,
                Offset = Check.Range(nameof(offset), offset, 0, int.MaxValue),
                Limit = Check.Range(nameof(limit), limit, 1, MaxPage),
            },
            cancellationToken);

    /// <summary>A run as it stands: what was asked for, state, progress, checkpoints, newest events.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static Task<RunSnapshot> GetAsync(PoaClient poa, string run, CancellationToken cancellationToken) =>
        poa.Runs.GetAsync(run, cancellationToken);

    /// <summary>The whole configuration of a run as YAML.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<IResult> ConfigurationAsync(PoaClient poa, string run, CancellationToken cancellationToken) =>
        TypedResults.Text((await poa.Runs.GetAsync(run, cancellationToken)).Specification.ConfigurationYaml, "application/yaml; charset=utf-8");

    /// <summary>The newest events of a run, oldest first; older ones are not kept.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="run">Run id.</param>
    /// <param name="after">Only events behind this position.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<RunEventPage> EventsAsync(PoaClient poa, string run, long after = 0, CancellationToken cancellationToken = default)
    {
        var events = (await poa.Runs.GetAsync(run, cancellationToken)).Events;
        return new RunEventPage([.. events.Where(e => e.Sequence > after)], events.IsEmpty ? 0 : events[^1].Sequence);
    }

    /// <summary>
    /// Follows a run by server-sent events until it is finished or paused: an <c>update</c> at once, then one for each change. Goes on
    /// behind <c>Last-Event-ID</c> without losing or repeating an event; answers 204 if there is nothing more to come.
    /// </summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="http">The request.</param>
    /// <param name="run">Run id.</param>
    /// <param name="after">Position of the last event seen, for the first connection; 0 for all that are kept.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<IResult> EventStreamAsync(
        PoaClient poa, HttpContext http, string run, long after = 0, CancellationToken cancellationToken = default)
    {
        var position = EventStream.PositionOf(http, after);
        var snapshot = await poa.Runs.GetAsync(run, cancellationToken);
        return RunStreams.HasEnded(snapshot.Status) && !snapshot.Events.IsEmpty && snapshot.Events[^1].Sequence <= position
            ? TypedResults.NoContent()
            : EventStream.Send(http, RunStreams.EventsAsync(poa, run, position, http.RequestAborted));
    }

    /// <summary>The logs that workers wrote for a run, newest lease first.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<IReadOnlyList<WorkLog>> LogsAsync(PoaClient poa, string run, CancellationToken cancellationToken)
    {
        await poa.Runs.GetAsync(run, cancellationToken);
        return await poa.Runs.LogsAsync(run, cancellationToken);
    }

    /// <summary>The newest lines of a log.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="run">Run id.</param>
    /// <param name="name">Name of the log, as in the list.</param>
    /// <param name="maxBytes">At most this many bytes, 1 to 1048576; whole lines only.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<IResult> LogAsync(PoaClient poa, string run, string name, int maxBytes = 65536, CancellationToken cancellationToken = default)
    {
        await poa.Runs.GetAsync(run, cancellationToken);
        return TypedResults.Text(
            await poa.Runs.LogTailAsync(run, name, Check.Range(nameof(maxBytes), maxBytes, 1, MaxLog), cancellationToken), "text/plain; charset=utf-8");
    }
}

/// <summary>Events of a run.</summary>
/// <param name="Events">The events, oldest first.</param>
/// <param name="Position">Position of the newest event there is: ask for what comes after it.</param>
internal sealed record RunEventPage(ImmutableArray<RunEvent> Events, long Position);
