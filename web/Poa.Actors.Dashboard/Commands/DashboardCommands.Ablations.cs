using System.Security.Claims;
using Poa.Actors.Dashboard.Security;

namespace Poa.Actors.Dashboard.Commands;

public sealed partial class DashboardCommands
{
    /// <summary>Has the data looked at, then trains the rows of a table with several seeds each and measures them.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="ablation">What for.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Command("ablation.start", Role.Operator)]
    public Task<AblationSnapshot> StartAblationAsync(ClaimsPrincipal user, NewAblation ablation, CancellationToken cancellationToken = default) => DoAsync(
        user,
        ablation.AblationId ?? "",
        $"table {ablation.Table ?? "of its own"}, rows [{string.Join(' ', ablation.Rows)}], {ablation.Seeds} seeds{PriorityText(ablation.Priority)}",
        async () =>
        {
            var (title, rows) = ablation.Choose();
            var run = ablation.ToRun();
            var configuration = Settled(run);
            var data = await UsableDataAsync(run, configuration, cancellationToken);
            return await poa.Ablations.StartAsync(
                title, configuration, rows, data, ablation.Evaluation, ablation.Seeds, ablation.SubNetworks.Count == 0 ? null : ablation.SubNetworks, ablation.Benchmark,
                ablation.Options, ablation.Metric, ablation.AblationId, NameOf(user), ablation.Priority, cancellationToken);
        },
        snapshot => snapshot.Specification.AblationId);

    /// <summary>Gives an ablation up: its runs and sweeps that have not ended. What was measured is kept.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="ablation">Ablation id.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Command("ablation.cancel", Role.Operator)]
    public Task<AblationSnapshot> CancelAblationAsync(ClaimsPrincipal user, string ablation, CancellationToken cancellationToken = default) =>
        DoAsync(user, ablation, "", () => poa.Ablations.CancelAsync(ablation, cancellationToken));
}
