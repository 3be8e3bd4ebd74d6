using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Poa.Actors.Client;

namespace Poa.Actors.Dashboard.Api;

/// <summary>What is known of sweeps.</summary>
internal static class SweepRoutes
{
    private const int MaxPage = 1000;

    /// <summary>Adds the routes.</summary>
    public static void Map(RouteGroupBuilder reads)
    {
        var sweeps = reads.MapGroup("").WithTags("Sweeps");
        sweeps.MapGet("/sweeps", ListAsync).WithName("listSweeps");
        sweeps.MapGet("/sweeps/{sweep}", GetAsync).WithName("getSweep").FindsNothing();
        sweeps.MapGet("/sweeps/{sweep}/jobs", JobsAsync).WithName("listSweepJobs").FindsNothing();
        sweeps.MapGet("/sweeps/{sweep}/results", ResultsAsync).WithName("listSweepResults").FindsNothing();
        sweeps.MapGet("/sweeps/{sweep}/stream", StreamAsync).WithName("streamSweep").FindsNothing().Streams<SweepUpdate>();
    }

    /// <summary>Lists sweeps, newest first, a page at a time, with how many there are in each state.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="status">Only sweeps in one of these states; any if none is named. May be repeated.</param>
    /// <param name="text">Only sweeps with this text in id, run, benchmark or creator; case does not matter.</param>
    /// <param name="run">Only sweeps of this run.</param>
    /// <param name="offset">How many to leave out at the beginning.</param>
    /// <param name="limit">At most this many, 1 to 1000.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static Task<SweepPage> ListAsync(
        PoaClient poa,
        [Choice(typeof(SweepStatus))] string[]? status = null,
        string? text = null,
        string? run = null,
        int offset = 0,
        int limit = 100,
        CancellationToken cancellationToken = default) => poa.Sweeps.QueryAsync(
            new SweepQuery
            {
                Statuses = [.. Check.Choices<SweepStatus>(nameof(status), status)],
                Text = text,
                Run = run is null ? null : RunId.Validate(run),
                Offset = Check.Range(nameof(offset), offset, 0, int.MaxValue),
                Limit = Check.Range(nameof(limit), limit, 1, MaxPage),
            },
            cancellationToken);

    /// <summary>A sweep as it stands.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="sweep">Sweep id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<SweepDetail> GetAsync(PoaClient poa, string sweep, CancellationToken cancellationToken) =>
        SweepDetail.Of(await poa.Sweeps.GetAsync(sweep, cancellationToken));

    /// <summary>The jobs of a sweep: state, retries, worker, times, errors.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="sweep">Sweep id.</param>
    /// <param name="status">Only jobs in one of these states; any if none is named. May be repeated.</param>
    /// <param name="offset">How many to leave out at the beginning.</param>
    /// <param name="limit">At most this many, 1 to 1000.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<SweepJobPage> JobsAsync(
        PoaClient poa, string sweep, [Choice(typeof(JobStatus))] string[]? status = null, int offset = 0, int limit = 1000, CancellationToken cancellationToken = default)
    {
        var chosen = Check.Choices<JobStatus>(nameof(status), status);
        Check.Range(nameof(offset), offset, 0, int.MaxValue);
        Check.Range(nameof(limit), limit, 1, MaxPage);
        var snapshot = await poa.Sweeps.GetAsync(sweep, cancellationToken);
        var jobs = snapshot.Jobs.Where(job => chosen.Count == 0 || chosen.Contains(job.Status)).ToList();
        return new SweepJobPage(jobs.Count, SweepDetail.CountsOf(snapshot), [.. jobs.Skip(offset).Take(limit)]);
    }

    /// <summary>The stored results of a sweep, in the order of its selection; those that are missing are left out.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="sweep">Sweep id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<IReadOnlyList<EvaluationResult>> ResultsAsync(PoaClient poa, string sweep, CancellationToken cancellationToken)
    {
        await poa.Sweeps.GetAsync(sweep, cancellationToken);
        return await poa.Sweeps.ResultsAsync(sweep, cancellationToken);
    }

    /// <summary>
    /// Follows a sweep by server-sent events until it has ended: an <c>update</c> at once with every job, then one for each change with the
    /// jobs that have changed. Answers 204 if it has ended and <c>Last-Event-ID</c> is its version.
    /// </summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="http">The request.</param>
    /// <param name="sweep">Sweep id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<IResult> StreamAsync(PoaClient poa, HttpContext http, string sweep, CancellationToken cancellationToken)
    {
        var seen = EventStream.PositionOf(http, after: -1);
        var snapshot = await poa.Sweeps.GetAsync(sweep, cancellationToken);
        return snapshot.IsFinished && snapshot.Version <= seen ? TypedResults.NoContent() : EventStream.Send(http, UpdatesAsync(poa, sweep, http.RequestAborted));
    }

    private static async IAsyncEnumerable<SseItem<string>> UpdatesAsync(
        PoaClient poa, string sweep, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyCollection<SweepJob> known = [];
        SweepStatus? last = null;
        await foreach (var snapshot in poa.Sweeps.WatchAsync(sweep, cancellationToken))
        {
            var changed = snapshot.Jobs.Except(known).ToList();
            (known, last) = (snapshot.Jobs, snapshot.Status);
            yield return EventStream.Item(
                "update", new SweepUpdate(snapshot.Version, snapshot.Status, SweepDetail.CountsOf(snapshot), snapshot.Progress, changed), snapshot.Version);
        }

        yield return EventStream.End(last ?? (await poa.Sweeps.GetAsync(sweep, cancellationToken)).Status);
    }
}
