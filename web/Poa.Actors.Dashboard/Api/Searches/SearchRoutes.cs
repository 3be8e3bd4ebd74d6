using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using Microsoft.AspNetCore.Mvc;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Commands;

namespace Poa.Actors.Dashboard.Api;

/// <summary>Searches for the best sub-network within a budget.</summary>
internal static class SearchRoutes
{
    private const int MaxPage = 1000;

    /// <summary>Adds the routes.</summary>
    public static void Map(RouteGroupBuilder reads, RouteGroupBuilder known)
    {
        var searches = reads.MapGroup("").WithTags("Searches");
        searches.MapGet("/searches", ListAsync).WithName("listSearches");
        searches.MapGet("/searches/{search}", GetAsync).WithName("getSearch").FindsNothing();
        searches.MapGet("/searches/{search}/stream", StreamAsync).WithName("streamSearch").FindsNothing().Streams<SearchSnapshot>();

        var commands = known.MapGroup("").WithTags("Searches");
        commands.MapPost("/searches", StartAsync).WithName("startSearch").Commands<NewSearch>(nameof(DashboardCommands.StartSearchAsync))
            .Produces<SearchSnapshot>(StatusCodes.Status201Created);
        commands.MapPost("/searches/{search}/cancel", CancelAsync).WithName("cancelSearch").Commands<NoArguments>(nameof(DashboardCommands.CancelSearchAsync));
    }

    /// <summary>Lists searches, newest first.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="run">Only searches of this run.</param>
    /// <param name="limit">At most this many, 1 to 1000.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static Task<IReadOnlyList<SearchEntry>> ListAsync(PoaClient poa, string? run = null, int limit = 100, CancellationToken cancellationToken = default) =>
        poa.Searches.ListAsync(run, Check.Range(nameof(limit), limit, 1, MaxPage), cancellationToken);

    /// <summary>A search as it stands: of every sub-network what was measured, or what is predicted with the interval that holds it nine times in ten.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="search">Search id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static Task<SearchSnapshot> GetAsync(PoaClient poa, string search, CancellationToken cancellationToken) =>
        poa.Searches.GetAsync(search, cancellationToken);

    /// <summary>
    /// Follows a search by server-sent events until it has ended: an <c>update</c> at once, then one for each change. Answers 204 if it has ended
    /// and <c>Last-Event-ID</c> is its version.
    /// </summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="http">The request.</param>
    /// <param name="search">Search id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<IResult> StreamAsync(PoaClient poa, HttpContext http, string search, CancellationToken cancellationToken)
    {
        var seen = EventStream.PositionOf(http, after: -1);
        var snapshot = await poa.Searches.GetAsync(search, cancellationToken);
        return snapshot.IsFinished && snapshot.Version <= seen ? TypedResults.NoContent() : EventStream.Send(http, UpdatesAsync(poa, search, http.RequestAborted));
    }

    /// <summary>Looks for the best sub-network within a budget with few evaluations; what has a stored result costs none.</summary>
    /// <param name="commands">Carries it out.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    /// <param name="body">What for.</param>
    internal static async Task<IResult> StartAsync(DashboardCommands commands, ClaimsPrincipal user, [FromBody] NewSearch body, CancellationToken cancellationToken)
    {
        var search = await commands.StartSearchAsync(user, body, cancellationToken);
        return TypedResults.Created($"{ApiServices.Prefix}/searches/{search.Specification.SearchId}", search);
    }

    /// <summary>Gives a search up, and the sweep that runs for it. What was measured is kept.</summary>
    /// <param name="commands">Carries it out.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="search">Search id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static Task<SearchSnapshot> CancelAsync(DashboardCommands commands, ClaimsPrincipal user, string search, CancellationToken cancellationToken) =>
        commands.CancelSearchAsync(user, search, cancellationToken);

    private static async IAsyncEnumerable<SseItem<string>> UpdatesAsync(
        PoaClient poa, string search, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        SearchStatus? last = null;
        await foreach (var snapshot in poa.Searches.WatchAsync(search, cancellationToken))
        {
            last = snapshot.Status;
            yield return EventStream.Item("update", snapshot, snapshot.Version);
        }

        yield return EventStream.End(last ?? (await poa.Searches.GetAsync(search, cancellationToken)).Status);
    }
}
