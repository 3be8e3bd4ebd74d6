using Poa.Actors.Client;
using Poa.Storage;

namespace Poa.Actors.Dashboard.Api;

/// <summary>Figures of a run.</summary>
internal static class MetricsRoutes
{
    private const int DefaultPage = 1000, MaxPage = 10_000, MaxPoints = 20_000;

    /// <summary>Adds the routes.</summary>
    public static void Map(RouteGroupBuilder reads)
    {
        var metrics = reads.MapGroup("").WithTags("Metrics");
        metrics.MapGet("/runs/{run}/metrics", PageAsync).WithName("listMetrics").FindsNothing()
            .Produces<StepMetricsPage>(StatusCodes.Status200OK, "application/json", MetricsText.Lines, MetricsText.Csv)
            .ProducesError(StatusCodes.Status406NotAcceptable);
        metrics.MapGet("/runs/{run}/metrics/stream", StreamAsync).WithName("streamMetrics").FindsNothing().Streams<IReadOnlyList<StepMetrics>>();
        metrics.MapGet("/runs/{run}/series", SeriesAsync).WithName("getSeries").FindsNothing();
        metrics.MapGet("/runs/{run}/samples", SamplesAsync).WithName("getSampleCounts").FindsNothing();
    }

    /// <summary>The figures of single steps: as a page of JSON, or as a stream of JSON lines or CSV.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="http">The request; its header <c>Accept</c> chooses the form where the parameter <c>format</c> does not.</param>
    /// <param name="run">Run id.</param>
    /// <param name="after">Only iterations above this one; -1 from the beginning.</param>
    /// <param name="limit">At most this many steps: 1 to 10000 (1000 if left out) for JSON; any number (all if left out) for the others.</param>
    /// <param name="format">The form of the answer, whatever the header <c>Accept</c> says.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<IResult> PageAsync(
        PoaClient poa, HttpContext http, string run, long after = -1, int? limit = null, [Choice(typeof(MetricsFormat))] string? format = null, CancellationToken cancellationToken = default)
    {
        Check.Range(nameof(after), after, -1, BlobLayout.MaxIteration);
        var form = format is not null ? Check.Choice<MetricsFormat>(nameof(format), format) : MetricsText.Negotiate(http.Request);
        if (form is null)
        {
            return TypedResults.StatusCode(StatusCodes.Status406NotAcceptable);
        }

        await poa.Runs.GetAsync(run, cancellationToken);
        if (form == MetricsFormat.Json)
        {
            return TypedResults.Ok(await poa.Runs.MetricsPageAsync(run, after, Check.Range(nameof(limit), limit ?? DefaultPage, 1, MaxPage), cancellationToken));
        }

        var most = Check.Range(nameof(limit), limit ?? int.MaxValue, 1, int.MaxValue);
        return form == MetricsFormat.Csv
            ? await MetricsText.CsvAsync(poa, run, after, most, http.RequestAborted)
            : MetricsText.JsonLines(poa, run, after, most, http.RequestAborted);
    }

    /// <summary>
    /// Follows the steps of a run by server-sent events until it is finished or paused. Goes on behind <c>Last-Event-ID</c>, which is an
    /// iteration, without a gap and without a step twice; answers 204 if there is nothing more to come.
    /// </summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="http">The request.</param>
    /// <param name="time">The clock.</param>
    /// <param name="run">Run id.</param>
    /// <param name="after">Last iteration seen, for the first connection; -1 for all.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<IResult> StreamAsync(
        PoaClient poa, HttpContext http, TimeProvider time, string run, long after = -1, CancellationToken cancellationToken = default)
    {
        var position = Check.Range(nameof(after), EventStream.PositionOf(http, after), -1, BlobLayout.MaxIteration);
        var status = (await poa.Runs.GetAsync(run, cancellationToken)).Status;
        return RunStreams.HasEnded(status) && (await poa.Runs.MetricsPageAsync(run, position, 1, cancellationToken)).Steps.Count == 0
            ? TypedResults.NoContent()
            : EventStream.Send(http, RunStreams.StepsAsync(poa, time, run, position, http.RequestAborted));
    }

    /// <summary>
    /// The figures of a run as curves of a bounded number of points: where there are more steps, neighbours are summed up as mean,
    /// smallest and largest value.
    /// </summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="run">Run id.</param>
    /// <param name="from">First iteration.</param>
    /// <param name="to">Iteration behind the last; all there are if left out.</param>
    /// <param name="maxPoints">At most this many points, 1 to 20000.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<MetricsSeries> SeriesAsync(
        PoaClient poa, string run, long from = 0, long? to = null, int maxPoints = 1500, CancellationToken cancellationToken = default)
    {
        Check.Range(nameof(from), from, 0, BlobLayout.MaxIteration);
        Check.Range(nameof(to), to ?? 0, 0, BlobLayout.MaxIteration);
        Check.Range(nameof(maxPoints), maxPoints, 1, MaxPoints);
        await poa.Runs.GetAsync(run, cancellationToken);
        return await poa.Runs.SeriesAsync(run, from, to, maxPoints, cancellationToken);
    }

    /// <summary>How often each sub-network was drawn for a training step so far.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<SampleCounts> SamplesAsync(PoaClient poa, string run, CancellationToken cancellationToken)
    {
        await poa.Runs.GetAsync(run, cancellationToken);
        var counts = await poa.Runs.SampleCountsAsync(run, cancellationToken);
        return new SampleCounts(counts.Values.Sum(), counts);
    }
}

/// <summary>How often sub-networks were drawn.</summary>
/// <param name="Total">Steps in all.</param>
/// <param name="Counts">Steps by name of the sub-network, such as <c>384x12</c>.</param>
internal sealed record SampleCounts(long Total, IReadOnlyDictionary<string, long> Counts);

/// <summary>Forms of a list of steps.</summary>
internal enum MetricsFormat
{
    /// <summary>A page as one JSON object.</summary>
    Json,

    /// <summary>One JSON object on each line.</summary>
    Ndjson,

    /// <summary>A table with a column for each figure; empty where a step has none.</summary>
    Csv,
}
