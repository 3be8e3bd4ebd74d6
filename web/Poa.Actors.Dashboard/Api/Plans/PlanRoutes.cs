using System.Security.Claims;
using Microsoft.AspNetCore.Mvc;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Commands;

namespace Poa.Actors.Dashboard.Api;

/// <summary>What to know before a run is started.</summary>
internal static class PlanRoutes
{
    /// <summary>Adds the routes.</summary>
    public static void Map(RouteGroupBuilder reads, RouteGroupBuilder known)
    {
        var read = reads.MapGroup("").WithTags("Plans");
        read.MapGet("/calibrations/{key}", CalibrationAsync).WithName("getCalibration").FindsNothing();

        var command = known.MapGroup("").WithTags("Plans");
        command.MapPost("/data/inspect", InspectAsync).WithName("inspectData").Commands<ChosenData>(nameof(DashboardCommands.InspectDataAsync));
        command.MapPost("/calibrations", CalibrateAsync).WithName("startCalibration").Commands<NewRun>(nameof(DashboardCommands.CalibrateAsync))
            .Produces<CalibrationSnapshot>(StatusCodes.Status202Accepted);
        command.MapPost("/calibrations/{key}/cancel", CancelAsync).WithName("cancelCalibration")
            .Commands<NoArguments>(nameof(DashboardCommands.CancelCalibrationAsync));
    }

    /// <summary>Has a worker count images and decode a small sample of them; answers within seconds.</summary>
    /// <param name="commands">Carries it out.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    /// <param name="body">Which images.</param>
    internal static Task<DataInspection> InspectAsync(DashboardCommands commands, ClaimsPrincipal user, [FromBody] ChosenData body, CancellationToken cancellationToken) =>
        commands.InspectDataAsync(user, body.Data, cancellationToken);

    /// <summary>Has a worker measure a few training steps of a run as it would be started, or finds the measurement; follow it by its key.</summary>
    /// <param name="commands">Carries it out.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    /// <param name="body">The run.</param>
    internal static async Task<IResult> CalibrateAsync(DashboardCommands commands, ClaimsPrincipal user, [FromBody] NewRun body, CancellationToken cancellationToken)
    {
        var calibration = await commands.CalibrateAsync(user, body, cancellationToken);
        return TypedResults.Accepted($"{ApiServices.Prefix}/calibrations/{calibration.Key}", calibration);
    }

    /// <summary>A calibration as it stands.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="key">Its key.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static Task<CalibrationSnapshot> CalibrationAsync(PoaClient poa, string key, CancellationToken cancellationToken) =>
        poa.Plans.GetCalibrationAsync(key, cancellationToken);

    /// <summary>Gives a calibration up unless it is done.</summary>
    /// <param name="commands">Carries it out.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="key">Its key.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static Task<CalibrationSnapshot> CancelAsync(DashboardCommands commands, ClaimsPrincipal user, string key, CancellationToken cancellationToken) =>
        commands.CancelCalibrationAsync(user, key, cancellationToken);
}

/// <summary>Images to look at.</summary>
internal sealed record ChosenData
{
    /// <summary>Data specification, such as <c>folder:/data/photos</c> or <c>demo?split=train</c>.</summary>
    public required string Data { get; init; }
}
