using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using Microsoft.AspNetCore.Mvc;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Commands;

namespace Poa.Actors.Dashboard.Api;

/// <summary>Ablations: rows of configurations, trained with several seeds and measured.</summary>
internal static class AblationRoutes
{
    private const int MaxPage = 1000;

    /// <summary>Adds the routes.</summary>
    public static void Map(RouteGroupBuilder reads, RouteGroupBuilder known)
    {
        var ablations = reads.MapGroup("").WithTags("Ablations");
        ablations.MapGet("/ablations", ListAsync).WithName("listAblations");
        ablations.MapGet("/ablations/{ablation}", GetAsync).WithName("getAblation").FindsNothing();
        ablations.MapGet("/ablations/{ablation}/stream", StreamAsync).WithName("streamAblation").FindsNothing().Streams<AblationSnapshot>();

        var commands = known.MapGroup("").WithTags("Ablations");
        commands.MapPost("/ablations", StartAsync).WithName("startAblation").Commands<NewAblation>(nameof(DashboardCommands.StartAblationAsync))
            .Produces<AblationSnapshot>(StatusCodes.Status201Created);
        commands.MapPost("/ablations/{ablation}/cancel", CancelAsync).WithName("cancelAblation").Commands<NoArguments>(nameof(DashboardCommands.CancelAblationAsync));
    }

    /// <summary>Lists ablations, newest first.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="limit">At most this many, 1 to 1000.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static Task<IReadOnlyList<AblationEntry>> ListAsync(PoaClient poa, int limit = 100, CancellationToken cancellationToken = default) =>
        poa.Ablations.ListAsync(Check.Range(nameof(limit), limit, 1, MaxPage), cancellationToken);

    /// <summary>An ablation as it stands: its table as far as the figures go, with mean and deviation over the seeds, and where each run stands.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="ablation">Ablation id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static Task<AblationSnapshot> GetAsync(PoaClient poa, string ablation, CancellationToken cancellationToken) =>
        poa.Ablations.GetAsync(ablation, cancellationToken);

    /// <summary>
    /// Follows an ablation by server-sent events until it has ended: an <c>update</c> at once, then one for each change. Answers 204 if it has ended
    /// and <c>Last-Event-ID</c> is its version.
    /// </summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="http">The request.</param>
    /// <param name="ablation">Ablation id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<IResult> StreamAsync(PoaClient poa, HttpContext http, string ablation, CancellationToken cancellationToken)
    {
        var seen = EventStream.PositionOf(http, after: -1);
        var snapshot = await poa.Ablations.GetAsync(ablation, cancellationToken);
        return snapshot.IsFinished && snapshot.Version <= seen ? TypedResults.NoContent() : EventStream.Send(http, UpdatesAsync(poa, ablation, http.RequestAborted));
    }

    /// <summary>Has a worker look at the images, then trains the rows of a table with several seeds each and measures sub-networks of each run.</summary>
    /// <param name="commands">Carries it out.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    /// <param name="body">What for.</param>
    internal static async Task<IResult> StartAsync(DashboardCommands commands, ClaimsPrincipal user, [FromBody] NewAblation body, CancellationToken cancellationToken)
    {
        var ablation = await commands.StartAblationAsync(user, body, cancellationToken);
        return TypedResults.Created($"{ApiServices.Prefix}/ablations/{ablation.Specification.AblationId}", ablation);
    }

    /// <summary>Gives an ablation up: its runs and sweeps that have not ended. What was measured is kept.</summary>
    /// <param name="commands">Carries it out.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="ablation">Ablation id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static Task<AblationSnapshot> CancelAsync(DashboardCommands commands, ClaimsPrincipal user, string ablation, CancellationToken cancellationToken) =>
        commands.CancelAblationAsync(user, ablation, cancellationToken);

    private static async IAsyncEnumerable<SseItem<string>> UpdatesAsync(
        PoaClient poa, string ablation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        AblationStatus? last = null;
        await foreach (var snapshot in poa.Ablations.WatchAsync(ablation, cancellationToken))
        {
            last = snapshot.Status;
            yield return EventStream.Item("update", snapshot, snapshot.Version);
        }

        yield return EventStream.End(last ?? (await poa.Ablations.GetAsync(ablation, cancellationToken)).Status);
    }
}
