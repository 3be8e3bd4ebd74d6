using System.Security.Claims;
using Poa.Actors.Dashboard.Security;

namespace Poa.Actors.Dashboard.Commands;

public sealed partial class DashboardCommands
{
    /// <summary>Evaluates sub-networks of a checkpoint; what has a stored result is not computed again.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="sweep">What for.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Command("sweep.start", Role.Operator)]
    public Task<SweepSnapshot> StartSweepAsync(ClaimsPrincipal user, NewSweep sweep, CancellationToken cancellationToken = default) => DoAsync(
        user,
        sweep.SweepId ?? "",
        $"{sweep.Benchmark} of run {sweep.Run}, {sweep.SubNetworks?.Count.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "all"} sub-networks{(sweep.Recompute ? ", computed anew" : "")}{PriorityText(sweep.Priority)}",
        () => poa.Sweeps.StartAsync(
            sweep.Run, sweep.Data, sweep.Benchmark, sweep.SubNetworks, sweep.Iteration, sweep.Options, sweep.Recompute, sweep.SweepId, NameOf(user), sweep.Priority, cancellationToken),
        snapshot => snapshot.Specification.SweepId);

    /// <summary>Gives up what has no result yet.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="sweep">Sweep id.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Command("sweep.cancel", Role.Operator)]
    public Task<SweepSnapshot> CancelSweepAsync(ClaimsPrincipal user, string sweep, CancellationToken cancellationToken = default) =>
        DoAsync(user, sweep, "", () => poa.Sweeps.CancelAsync(sweep, cancellationToken));

    /// <summary>Tries failed, quarantined and cancelled evaluations again, and only those.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="sweep">Sweep id.</param>
    /// <param name="subNetworks">The chosen sub-networks; null for all that failed.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Command("sweep.retry", Role.Operator)]
    public Task<SweepSnapshot> RetrySweepAsync(
        ClaimsPrincipal user, string sweep, IReadOnlyList<string>? subNetworks = null, CancellationToken cancellationToken = default) => DoAsync(
            user, sweep, subNetworks is null ? "all failed" : string.Join(' ', subNetworks),
            () => subNetworks is null ? poa.Sweeps.RetryFailedAsync(sweep, cancellationToken) : poa.Sweeps.RetryAsync(sweep, subNetworks, cancellationToken));
}
