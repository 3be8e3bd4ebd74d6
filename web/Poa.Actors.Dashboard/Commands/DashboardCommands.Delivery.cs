using System.Security.Claims;
using Poa.Actors.Dashboard.Security;

namespace Poa.Actors.Dashboard.Commands;

public sealed partial class DashboardCommands
{
    /// <summary>Extracts a sub-network of a checkpoint, or finds the one that is there.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="run">Run id.</param>
    /// <param name="subNetwork">Name such as <c>384x12</c>.</param>
    /// <param name="iteration">Iteration of the checkpoint; null for the newest.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <returns>The key to follow and to download it by.</returns>
    [Command("extraction.start", Role.Operator)]
    public Task<ExtractionKey> StartExtractionAsync(
        ClaimsPrincipal user, string run, string subNetwork, long? iteration = null, CancellationToken cancellationToken = default) => DoAsync(
            user, $"{run}/{iteration?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "newest"}/{subNetwork}", "",
            () => poa.Extractions.StartAsync(run, subNetwork, iteration, cancellationToken),
            key => key.ToString());

    /// <summary>Gives an extraction up.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="key">The extraction.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Command("extraction.cancel", Role.Operator)]
    public Task<ExtractionSnapshot> CancelExtractionAsync(ClaimsPrincipal user, ExtractionKey key, CancellationToken cancellationToken = default) =>
        DoAsync(user, key.ToString(), "", () => poa.Extractions.CancelAsync(key, cancellationToken));

    /// <summary>Takes a worker shard out of service until it is resumed; its work stops with a checkpoint and waits for another.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="shard">Such as <c>local/cpu</c>.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Command("worker.drain", Role.Operator)]
    public Task<ShardStanding> DrainWorkerAsync(ClaimsPrincipal user, string shard, CancellationToken cancellationToken = default) =>
        DoAsync(user, shard, "", () => poa.Workers.DrainAsync(shard, cancellationToken));

    /// <summary>Puts a worker shard back into service.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="shard">Such as <c>local/cpu</c>.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Command("worker.resume", Role.Operator)]
    public Task<ShardStanding> ResumeWorkerAsync(ClaimsPrincipal user, string shard, CancellationToken cancellationToken = default) =>
        DoAsync(user, shard, "", () => poa.Workers.ResumeAsync(shard, cancellationToken));
}
