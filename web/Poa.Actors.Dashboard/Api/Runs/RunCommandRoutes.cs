using System.Security.Claims;
using Microsoft.AspNetCore.Mvc;
using Poa.Actors.Dashboard.Commands;

namespace Poa.Actors.Dashboard.Api;

/// <summary>What can be done to runs.</summary>
internal static class RunCommandRoutes
{
    /// <summary>Adds the routes.</summary>
    public static void Map(RouteGroupBuilder known)
    {
        var runs = known.MapGroup("").WithTags("Runs");
        runs.MapPost("/runs", StartAsync).WithName("startRun").Commands<NewRun>(nameof(DashboardCommands.StartRunAsync))
            .Produces<RunSnapshot>(StatusCodes.Status201Created);
        runs.MapPost("/runs/{run}/pause", PauseAsync).WithName("pauseRun").Commands<NoArguments>(nameof(DashboardCommands.PauseRunAsync));
        runs.MapPost("/runs/{run}/resume", ResumeAsync).WithName("resumeRun").Commands<NoArguments>(nameof(DashboardCommands.ResumeRunAsync));
        runs.MapPost("/runs/{run}/cancel", CancelAsync).WithName("cancelRun").Commands<NoArguments>(nameof(DashboardCommands.CancelRunAsync));
        runs.MapPost("/runs/pause", PauseAllAsync).WithName("pauseRuns").Commands<ChosenRuns>(nameof(DashboardCommands.PauseRunsAsync));
        runs.MapPost("/runs/resume", ResumeAllAsync).WithName("resumeRuns").Commands<ChosenRuns>(nameof(DashboardCommands.ResumeRunsAsync));
        runs.MapPost("/runs/cancel", CancelAllAsync).WithName("cancelRuns").Commands<ChosenRuns>(nameof(DashboardCommands.CancelRunsAsync));
    }

    /// <summary>Has a worker look at the images, then creates and queues a run. With a run id of its own the same request twice equals once.</summary>
    /// <param name="commands">Carries it out.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    /// <param name="body">What for.</param>
    internal static async Task<IResult> StartAsync(DashboardCommands commands, ClaimsPrincipal user, [FromBody] NewRun body, CancellationToken cancellationToken)
    {
        var run = await commands.StartRunAsync(user, body, cancellationToken);
        return TypedResults.Created($"{ApiServices.Prefix}/runs/{run.Specification.RunId}", run);
    }

    /// <summary>Asks a run for a checkpoint and a stop.</summary>
    /// <param name="commands">Carries it out.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static Task<RunSnapshot> PauseAsync(DashboardCommands commands, ClaimsPrincipal user, string run, CancellationToken cancellationToken) =>
        commands.PauseRunAsync(user, run, cancellationToken);

    /// <summary>Queues a paused or failed run again; it goes on from its last checkpoint.</summary>
    /// <param name="commands">Carries it out.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static Task<RunSnapshot> ResumeAsync(DashboardCommands commands, ClaimsPrincipal user, string run, CancellationToken cancellationToken) =>
        commands.ResumeRunAsync(user, run, cancellationToken);

    /// <summary>Stops a run for good, after a checkpoint. Its checkpoints stay.</summary>
    /// <param name="commands">Carries it out.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static Task<RunSnapshot> CancelAsync(DashboardCommands commands, ClaimsPrincipal user, string run, CancellationToken cancellationToken) =>
        commands.CancelRunAsync(user, run, cancellationToken);

    /// <summary>Pauses several runs; one that fails does not stop the others. The answer says what came of each.</summary>
    /// <param name="commands">Carries it out.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    /// <param name="body">Which ones.</param>
    internal static Task<IReadOnlyList<CommandOutcome>> PauseAllAsync(
        DashboardCommands commands, ClaimsPrincipal user, [FromBody] ChosenRuns body, CancellationToken cancellationToken) =>
        commands.PauseRunsAsync(user, body.Runs, cancellationToken);

    /// <summary>Resumes several runs; one that fails does not stop the others. The answer says what came of each.</summary>
    /// <param name="commands">Carries it out.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    /// <param name="body">Which ones.</param>
    internal static Task<IReadOnlyList<CommandOutcome>> ResumeAllAsync(
        DashboardCommands commands, ClaimsPrincipal user, [FromBody] ChosenRuns body, CancellationToken cancellationToken) =>
        commands.ResumeRunsAsync(user, body.Runs, cancellationToken);

    /// <summary>Stops several runs for good; one that fails does not stop the others. The answer says what came of each.</summary>
    /// <param name="commands">Carries it out.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    /// <param name="body">Which ones.</param>
    internal static Task<IReadOnlyList<CommandOutcome>> CancelAllAsync(
        DashboardCommands commands, ClaimsPrincipal user, [FromBody] ChosenRuns body, CancellationToken cancellationToken) =>
        commands.CancelRunsAsync(user, body.Runs, cancellationToken);
}

/// <summary>Runs that a command is for.</summary>
internal sealed record ChosenRuns
{
    /// <summary>Run ids, at most 1000.</summary>
    public required IReadOnlyList<string> Runs { get; init; }
}
