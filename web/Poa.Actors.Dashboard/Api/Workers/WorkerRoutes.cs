using System.Security.Claims;
using Microsoft.AspNetCore.Mvc;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Commands;

namespace Poa.Actors.Dashboard.Api;

/// <summary>Workers and the queue of work.</summary>
internal static class WorkerRoutes
{
    /// <summary>Adds the routes.</summary>
    public static void Map(RouteGroupBuilder reads, RouteGroupBuilder known)
    {
        var read = reads.MapGroup("").WithTags("Workers");
        read.MapGet("/workers", ListAsync).WithName("listWorkers");
        read.MapGet("/queue", QueueAsync).WithName("listQueue");

        var command = known.MapGroup("").WithTags("Workers");
        command.MapPost("/workers/drain", DrainAsync).WithName("drainWorker").Commands<ChosenShard>(nameof(DashboardCommands.DrainWorkerAsync));
        command.MapPost("/workers/resume", ResumeAsync).WithName("resumeWorker").Commands<ChosenShard>(nameof(DashboardCommands.ResumeWorkerAsync));
    }

    /// <summary>Worker shards: those that live, those lost not long ago, and those that an operator has drained.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static Task<IReadOnlyList<ShardStanding>> ListAsync(PoaClient poa, CancellationToken cancellationToken) => poa.Workers.ListAsync(cancellationToken);

    /// <summary>Work that waits or is worked on, in the order of arrival.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<IReadOnlyList<WorkStanding>> QueueAsync(PoaClient poa, CancellationToken cancellationToken) =>
        (await poa.QueueAsync(cancellationToken)).Work;

    /// <summary>Takes a worker shard out of service until it is resumed, over restarts; its work stops with a checkpoint and waits for another.</summary>
    /// <param name="commands">Carries it out.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    /// <param name="body">Which one.</param>
    internal static Task<ShardStanding> DrainAsync(DashboardCommands commands, ClaimsPrincipal user, [FromBody] ChosenShard body, CancellationToken cancellationToken) =>
        commands.DrainWorkerAsync(user, body.Shard, cancellationToken);

    /// <summary>Puts a worker shard back into service.</summary>
    /// <param name="commands">Carries it out.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    /// <param name="body">Which one.</param>
    internal static Task<ShardStanding> ResumeAsync(DashboardCommands commands, ClaimsPrincipal user, [FromBody] ChosenShard body, CancellationToken cancellationToken) =>
        commands.ResumeWorkerAsync(user, body.Shard, cancellationToken);
}

/// <summary>A worker shard that a command is for.</summary>
internal sealed record ChosenShard
{
    /// <summary>Key of the shard, <c>worker/device</c>, such as <c>local/cpu</c>.</summary>
    public required string Shard { get; init; }
}
