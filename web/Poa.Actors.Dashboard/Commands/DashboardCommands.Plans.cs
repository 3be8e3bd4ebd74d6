using System.Security.Claims;
using Poa.Actors.Dashboard.Security;

namespace Poa.Actors.Dashboard.Commands;

public sealed partial class DashboardCommands
{
    /// <summary>Has a worker count images and decode a small sample. Answers within seconds.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="data">Data specification.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">The data cannot be used, or there is no worker.</exception>
    [Command("data.inspect", Role.Operator)]
    public Task<DataInspection> InspectDataAsync(ClaimsPrincipal user, string data, CancellationToken cancellationToken = default) =>
        DoAsync(user, data, "", () => poa.Plans.InspectDataAsync(data, cancellationToken));

    /// <summary>Has a worker measure a few training steps, or finds the measurement; read it by its key.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="run">The run as it would be started.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Command("calibration.start", Role.Operator)]
    public Task<CalibrationSnapshot> CalibrateAsync(ClaimsPrincipal user, NewRun run, CancellationToken cancellationToken = default) => DoAsync(
        user,
        "",
        $"{(run.Preset is null ? "configuration" : $"preset {run.Preset}")}{(run.Recipe is null ? "" : $", recipe {run.Recipe}")}, data {run.Data}",
        async () =>
        {
            var configuration = Settled(run);
            return await poa.Plans.CalibrateAsync(configuration, await UsableDataAsync(run, configuration, cancellationToken), cancellationToken);
        },
        snapshot => snapshot.Key);

    /// <summary>Gives a calibration up unless it is done.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="key">Its key.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Command("calibration.cancel", Role.Operator)]
    public Task<CalibrationSnapshot> CancelCalibrationAsync(ClaimsPrincipal user, string key, CancellationToken cancellationToken = default) =>
        DoAsync(user, key, "", () => poa.Plans.CancelCalibrationAsync(key, cancellationToken));
}
