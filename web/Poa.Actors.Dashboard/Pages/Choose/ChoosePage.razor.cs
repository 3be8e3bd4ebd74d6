using Microsoft.AspNetCore.Components;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Pages.Grid;
using Poa.Actors.Dashboard.Ui;

namespace Poa.Actors.Dashboard.Pages.Choose;

/// <summary>What sub-networks are worth against what they cost, and the best one within a budget.</summary>
public sealed partial class ChoosePage
{
    private ChooseState? state;
    private (GridView?, string?, string?, string?, string?, string?, string?) drawn;

    /// <summary>Run id.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    /// <summary>Iteration of the checkpoint; the newest that was evaluated if the address does not say.</summary>
    [SupplyParameterFromQuery]
    public long? Iteration { get; set; }

    /// <summary>Key of the figure that makes a sub-network the best one.</summary>
    [SupplyParameterFromQuery]
    public string? Show { get; set; }

    /// <summary>Key of the figure on the x axis.</summary>
    [SupplyParameterFromQuery]
    public string? Cost { get; set; }

    /// <summary>Key of the latency that the budget limits.</summary>
    [SupplyParameterFromQuery(Name = "clock")]
    public string? LatencyKey { get; set; }

    /// <summary>The most parameters, as it is typed.</summary>
    [SupplyParameterFromQuery]
    public string? Parameters { get; set; }

    /// <summary>The most multiply-accumulates, as it is typed.</summary>
    [SupplyParameterFromQuery]
    public string? Macs { get; set; }

    /// <summary>The longest latency, as it is typed.</summary>
    [SupplyParameterFromQuery]
    public string? Latency { get; set; }

    /// <inheritdoc/>
    protected override string LoadKey => $"{Id}@{Iteration}";

    [Inject]
    private GridViews Views { get; set; } = null!;

    /// <inheritdoc/>
    protected override Task<GridView> LoadAsync(CancellationToken cancellationToken) => Views.GetAsync(Id, Iteration, cancellationToken);

    /// <inheritdoc/>
    protected override Task WaitForChangeAsync(CancellationToken cancellationToken) =>
        Views.ChangeAsync(Id, Iteration, Error is null ? Data : null, cancellationToken);

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        await base.OnParametersSetAsync();
        Draw();
    }

    /// <inheritdoc/>
    protected override Task LoadedAsync(bool isInteractive)
    {
        Draw();
        return Task.CompletedTask;
    }

    private static Choice ClockChoice(GridFigure latency) => new(latency.Key, $"{latency.Label}, {GridText.Question(latency.Measurement!)}");

    private void Draw()
    {
        var key = (Data, Show, Cost, LatencyKey, Parameters, Macs, Latency);
        if (Data is { } view && drawn != key)
        {
            drawn = key;
            state = ChooseState.Of(view, Show, Cost, LatencyKey, ChooseQuery.Read(Parameters, Macs, Latency));
        }
    }

    private void Go(string name, string value) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, string.IsNullOrWhiteSpace(value) ? null : value.Trim()));

    private Task ChangedAsync()
    {
        Views.Changed(Id, Iteration);
        return RefreshAsync();
    }
}
