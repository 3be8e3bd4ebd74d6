using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Poa.Actors.Dashboard.Security;
using Poa.Actors.Dashboard.Security.Accounts;

namespace Poa.Actors.Dashboard.Commands;

/// <summary><see cref="DashboardCommands"/> for pages: each command in the name of the user of the page. One for each circuit.</summary>
/// <param name="commands">Carries them out.</param>
/// <param name="authentication">Knows the user.</param>
public sealed class PageCommands(DashboardCommands commands, AuthenticationStateProvider authentication)
{
    /// <summary>The user of the page.</summary>
    public async Task<ClaimsPrincipal> UserAsync() => (await authentication.GetAuthenticationStateAsync()).User;

    /// <inheritdoc cref="DashboardCommands.StartRunAsync"/>
    public async Task<RunSnapshot> StartRunAsync(NewRun run, CancellationToken cancellationToken = default) =>
        await commands.StartRunAsync(await UserAsync(), run, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.PauseRunAsync"/>
    public async Task<RunSnapshot> PauseRunAsync(string run, CancellationToken cancellationToken = default) =>
        await commands.PauseRunAsync(await UserAsync(), run, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.ResumeRunAsync"/>
    public async Task<RunSnapshot> ResumeRunAsync(string run, CancellationToken cancellationToken = default) =>
        await commands.ResumeRunAsync(await UserAsync(), run, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.CancelRunAsync"/>
    public async Task<RunSnapshot> CancelRunAsync(string run, CancellationToken cancellationToken = default) =>
        await commands.CancelRunAsync(await UserAsync(), run, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.PauseRunsAsync"/>
    public async Task<IReadOnlyList<CommandOutcome>> PauseRunsAsync(IReadOnlyList<string> runs, CancellationToken cancellationToken = default) =>
        await commands.PauseRunsAsync(await UserAsync(), runs, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.ResumeRunsAsync"/>
    public async Task<IReadOnlyList<CommandOutcome>> ResumeRunsAsync(IReadOnlyList<string> runs, CancellationToken cancellationToken = default) =>
        await commands.ResumeRunsAsync(await UserAsync(), runs, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.CancelRunsAsync"/>
    public async Task<IReadOnlyList<CommandOutcome>> CancelRunsAsync(IReadOnlyList<string> runs, CancellationToken cancellationToken = default) =>
        await commands.CancelRunsAsync(await UserAsync(), runs, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.StartSweepAsync"/>
    public async Task<SweepSnapshot> StartSweepAsync(NewSweep sweep, CancellationToken cancellationToken = default) =>
        await commands.StartSweepAsync(await UserAsync(), sweep, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.CancelSweepAsync"/>
    public async Task<SweepSnapshot> CancelSweepAsync(string sweep, CancellationToken cancellationToken = default) =>
        await commands.CancelSweepAsync(await UserAsync(), sweep, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.RetrySweepAsync"/>
    public async Task<SweepSnapshot> RetrySweepAsync(string sweep, IReadOnlyList<string>? subNetworks = null, CancellationToken cancellationToken = default) =>
        await commands.RetrySweepAsync(await UserAsync(), sweep, subNetworks, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.StartSearchAsync"/>
    public async Task<SearchSnapshot> StartSearchAsync(NewSearch search, CancellationToken cancellationToken = default) =>
        await commands.StartSearchAsync(await UserAsync(), search, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.CancelSearchAsync"/>
    public async Task<SearchSnapshot> CancelSearchAsync(string search, CancellationToken cancellationToken = default) =>
        await commands.CancelSearchAsync(await UserAsync(), search, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.StartAblationAsync"/>
    public async Task<AblationSnapshot> StartAblationAsync(NewAblation ablation, CancellationToken cancellationToken = default) =>
        await commands.StartAblationAsync(await UserAsync(), ablation, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.CancelAblationAsync"/>
    public async Task<AblationSnapshot> CancelAblationAsync(string ablation, CancellationToken cancellationToken = default) =>
        await commands.CancelAblationAsync(await UserAsync(), ablation, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.StartExtractionAsync"/>
    public async Task<ExtractionKey> StartExtractionAsync(string run, string subNetwork, long? iteration = null, CancellationToken cancellationToken = default) =>
        await commands.StartExtractionAsync(await UserAsync(), run, subNetwork, iteration, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.CancelExtractionAsync"/>
    public async Task<ExtractionSnapshot> CancelExtractionAsync(ExtractionKey key, CancellationToken cancellationToken = default) =>
        await commands.CancelExtractionAsync(await UserAsync(), key, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.DrainWorkerAsync"/>
    public async Task<ShardStanding> DrainWorkerAsync(string shard, CancellationToken cancellationToken = default) =>
        await commands.DrainWorkerAsync(await UserAsync(), shard, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.ResumeWorkerAsync"/>
    public async Task<ShardStanding> ResumeWorkerAsync(string shard, CancellationToken cancellationToken = default) =>
        await commands.ResumeWorkerAsync(await UserAsync(), shard, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.InspectDataAsync"/>
    public async Task<DataInspection> InspectDataAsync(string data, CancellationToken cancellationToken = default) =>
        await commands.InspectDataAsync(await UserAsync(), data, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.CalibrateAsync"/>
    public async Task<CalibrationSnapshot> CalibrateAsync(NewRun run, CancellationToken cancellationToken = default) =>
        await commands.CalibrateAsync(await UserAsync(), run, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.CancelCalibrationAsync"/>
    public async Task<CalibrationSnapshot> CancelCalibrationAsync(string key, CancellationToken cancellationToken = default) =>
        await commands.CancelCalibrationAsync(await UserAsync(), key, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.AddAccountAsync"/>
    public async Task<AccountSummary> AddAccountAsync(string name, string? password, Role role, CancellationToken cancellationToken = default) =>
        await commands.AddAccountAsync(await UserAsync(), name, password, role, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.RemoveAccountAsync"/>
    public async Task RemoveAccountAsync(string name, CancellationToken cancellationToken = default) =>
        await commands.RemoveAccountAsync(await UserAsync(), name, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.SetPasswordAsync"/>
    public async Task<AccountSummary> SetPasswordAsync(string name, string password, CancellationToken cancellationToken = default) =>
        await commands.SetPasswordAsync(await UserAsync(), name, password, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.SetRoleAsync"/>
    public async Task<AccountSummary> SetRoleAsync(string name, Role role, CancellationToken cancellationToken = default) =>
        await commands.SetRoleAsync(await UserAsync(), name, role, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.CreateApiKeyAsync"/>
    public async Task<NewApiKey> CreateApiKeyAsync(string account, string label, CancellationToken cancellationToken = default) =>
        await commands.CreateApiKeyAsync(await UserAsync(), account, label, cancellationToken);

    /// <inheritdoc cref="DashboardCommands.RevokeApiKeyAsync"/>
    public async Task<AccountSummary> RevokeApiKeyAsync(string id, CancellationToken cancellationToken = default) =>
        await commands.RevokeApiKeyAsync(await UserAsync(), id, cancellationToken);
}
