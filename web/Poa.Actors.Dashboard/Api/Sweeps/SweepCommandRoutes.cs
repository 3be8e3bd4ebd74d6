using System.Security.Claims;
using Microsoft.AspNetCore.Mvc;
using Poa.Actors.Dashboard.Commands;

namespace Poa.Actors.Dashboard.Api;

/// <summary>What can be done to sweeps.</summary>
internal static class SweepCommandRoutes
{
    /// <summary>Adds the routes.</summary>
    public static void Map(RouteGroupBuilder known)
    {
        var sweeps = known.MapGroup("").WithTags("Sweeps");
        sweeps.MapPost("/sweeps", StartAsync).WithName("startSweep").Commands<NewSweep>(nameof(DashboardCommands.StartSweepAsync))
            .Produces<SweepDetail>(StatusCodes.Status201Created);
        sweeps.MapPost("/sweeps/{sweep}/cancel", CancelAsync).WithName("cancelSweep").Commands<NoArguments>(nameof(DashboardCommands.CancelSweepAsync));
        sweeps.MapPost("/sweeps/{sweep}/retry", RetryAsync).WithName("retrySweep").Commands<Retry>(nameof(DashboardCommands.RetrySweepAsync));
    }

    /// <summary>Evaluates sub-networks of a checkpoint; those with a stored result are not computed again.</summary>
    /// <param name="commands">Carries it out.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    /// <param name="body">What for.</param>
    internal static async Task<IResult> StartAsync(DashboardCommands commands, ClaimsPrincipal user, [FromBody] NewSweep body, CancellationToken cancellationToken)
    {
        var sweep = await commands.StartSweepAsync(user, body, cancellationToken);
        return TypedResults.Created($"{ApiServices.Prefix}/sweeps/{sweep.Specification.SweepId}", SweepDetail.Of(sweep));
    }

    /// <summary>Gives up what has no result yet.</summary>
    /// <param name="commands">Carries it out.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="sweep">Sweep id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<SweepDetail> CancelAsync(DashboardCommands commands, ClaimsPrincipal user, string sweep, CancellationToken cancellationToken) =>
        SweepDetail.Of(await commands.CancelSweepAsync(user, sweep, cancellationToken));

    /// <summary>Tries failed, quarantined and cancelled evaluations again, and only those.</summary>
    /// <param name="commands">Carries it out.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="sweep">Sweep id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    /// <param name="body">Which ones.</param>
    internal static async Task<SweepDetail> RetryAsync(
        DashboardCommands commands, ClaimsPrincipal user, string sweep, [FromBody] Retry body, CancellationToken cancellationToken) =>
        SweepDetail.Of(await commands.RetrySweepAsync(user, sweep, body.SubNetworks, cancellationToken));
}

/// <summary>What of a sweep to try again.</summary>
internal sealed record Retry
{
    /// <summary>Names of sub-networks; null for all that failed.</summary>
    public IReadOnlyList<string>? SubNetworks { get; init; }
}
