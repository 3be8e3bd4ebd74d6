using Microsoft.AspNetCore.Components;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Ui;
using Poa.Actors.Dashboard.Ui.Charts;

namespace Poa.Actors.Dashboard.Pages.Grid;

/// <summary>The grid of a run at a checkpoint: one figure of every sub-network, and the evaluation of those that are selected.</summary>
public sealed partial class GridPage
{
    private IReadOnlyList<string> widths = [];
    private IReadOnlyList<string> depths = [];
    private IReadOnlyList<HeatCell> cells = [];
    private HashSet<HeatPlace> places = [];
    private GridFigure figure = null!;
    private GridSelection selection = GridSelection.None;
    private (GridView?, string?) drawn;

    /// <summary>Run id.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    /// <summary>Iteration of the checkpoint; the newest that was evaluated if the address does not say.</summary>
    [SupplyParameterFromQuery]
    public long? Iteration { get; set; }

    /// <summary>Key of the figure that is shown, see <see cref="GridFigure.Key"/>.</summary>
    [SupplyParameterFromQuery]
    public string? Show { get; set; }

    /// <summary>The sub-network whose figures are shown in full.</summary>
    [SupplyParameterFromQuery]
    public string? Cell { get; set; }

    /// <inheritdoc/>
    protected override string LoadKey => $"{Id}@{Iteration}";

    [Inject]
    private GridViews Views { get; set; } = null!;

    private bool HasFront => figure.Measurement?.Benchmark.IsJudgement != false && cells.Any(cell => cell.Value is not null);

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

    private static string Progress(SweepSnapshot sweep) => sweep.Progress is { Total: > 0 } pass
        ? $"{Formats.Count(sweep.Count(JobStatus.Completed))} of {Formats.Count(sweep.Jobs.Length)}, {pass.Phase} {Formats.Percent((double)pass.Done / pass.Total)}"
        : $"{Formats.Count(sweep.Count(JobStatus.Completed))} of {Formats.Count(sweep.Jobs.Length)}";

    private void Draw()
    {
        if (Data is not { } view || drawn == (view, Show))
        {
            return;
        }

        drawn = (view, Show);
        figure = FigurePicker.Choose(view, Show);
        (widths, depths) = (GridMap.Widths(view.Grid), GridMap.Depths(view.Grid));
        cells = GridMap.Cells(view, figure);
        if (selection.Names.Any(name => !view.Costs.ContainsKey(name)))
        {
            Select(GridSelection.None); // the page turned to a run with another grid
        }
    }

    private void Select(GridSelection chosen)
    {
        selection = chosen;
        places = [.. Data!.Grid.SubNetworks.Where(cell => chosen.Names.Contains(cell.ToString())).Select(GridMap.Place)];
    }

    private void TouchCells(HeatGesture gesture)
    {
        string[] names = [.. gesture.Places.Select(GridMap.Name)];
        Select(gesture.IsDrag ? selection.Add(names) : selection.Toggle(names));
        if (!gesture.IsDrag)
        {
            Navigation.NavigateTo(Here(names[0]), replace: true);
        }
    }

    private string Here(string? cell) => Navigation.GetUriWithQueryParameter("cell", cell);

    private Task StartedAsync(string measurement)
    {
        Views.Changed(Id, Iteration);
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("show", measurement));
        return RefreshAsync();
    }

    private Task ChangedAsync()
    {
        Views.Changed(Id, Iteration);
        return RefreshAsync();
    }
}
