using System.Collections.Immutable;
using Microsoft.AspNetCore.Components;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Pages.Grid;
using Poa.Actors.Dashboard.Pages.Runs;
using Poa.Actors.Dashboard.Ui;
using Poa.Actors.Dashboard.Ui.Charts;

namespace Poa.Actors.Dashboard.Pages.Compare;

/// <summary>Several runs side by side: curves, grids, and what two of them differ in.</summary>
public sealed partial class ComparePage
{
    /// <summary>The most runs on one page.</summary>
    public const int MaxRuns = 8;

    private const int MaxCurvePoints = 600;
    private const int MaxCurves = 8;
    private static readonly IReadOnlyList<Choice> Axes = [new(CompareAxis.Iterations, "Iterations"), new(CompareAxis.Images, "Images seen"), new(CompareAxis.Time, "Training time")];

    private IReadOnlyList<string> ids = [];
    private IReadOnlyDictionary<string, string> names = new Dictionary<string, string>();
    private IReadOnlyList<string> terms = [];
    private string axis = CompareAxis.Iterations;
    private string xTitle = "";
    private IReadOnlyList<Curve> curves = [];
    private IReadOnlyList<(Curve Curve, IReadOnlyList<LineSeries> Lines)> charts = [];
    private IReadOnlyList<Choice> figures = [];
    private string? figureKey;
    private IReadOnlyList<CompareMap> maps = [];
    private (double, double)? range;
    private string ofId = "";
    private string minusId = "";
    private CompareDifference? difference;
    private IReadOnlyList<ConfigurationDifference> settings = [];
    private (ComparedRuns?, string?) drawn;

    /// <summary>Run ids with commas between.</summary>
    [SupplyParameterFromQuery]
    public string? Runs { get; set; }

    /// <summary>Curves that are drawn, with commas between.</summary>
    [SupplyParameterFromQuery]
    public string? Terms { get; set; }

    /// <summary>What they are drawn over, see <see cref="CompareAxis"/>.</summary>
    [SupplyParameterFromQuery]
    public string? By { get; set; }

    /// <summary>Key of the figure of the grids, see <see cref="GridFigure.Key"/>.</summary>
    [SupplyParameterFromQuery]
    public string? Show { get; set; }

    /// <summary>Checkpoints in the order of the runs, with commas between; an empty one is the newest that was evaluated.</summary>
    [SupplyParameterFromQuery(Name = "at")]
    public string? Iterations { get; set; }

    /// <summary>The run whose difference is shown; the first if null.</summary>
    [SupplyParameterFromQuery]
    public string? Of { get; set; }

    /// <summary>The run it is compared with; the second if null.</summary>
    [SupplyParameterFromQuery]
    public string? Minus { get; set; }

    /// <inheritdoc/>
    protected override string LoadKey => $"{Runs}@{Iterations}";

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => Data?.Runs.Any(run => run.IsActive) == true ? TimeSpan.FromSeconds(5) : TimeSpan.FromSeconds(30);

    [Inject]
    private GridViews Views { get; set; } = null!;

    [Inject]
    private PoaClient Poa { get; set; } = null!;

    private IReadOnlyList<Choice> RunChoices => [.. Data!.Runs.Select(run => new Choice(run.Id, run.Name))];

    /// <inheritdoc/>
    protected override async Task<ComparedRuns> LoadAsync(CancellationToken cancellationToken)
    {
        var chosen = Split(Runs).Distinct().Take(MaxRuns).ToArray();
        var at = (Iterations ?? "").Split(',');
        var read = await Task.WhenAll(chosen.Select((run, i) => ReadAsync(
            run, i < at.Length && long.TryParse(at[i], out var iteration) ? iteration : null, cancellationToken)));
        // Names are what curves are told apart by.
        var twice = read.CountBy(run => run.Name).Where(name => name.Value > 1).Select(name => name.Key).ToHashSet();
        return new ComparedRuns([.. read.Select(run => twice.Contains(run.Name) ? run with { Name = run.Id } : run)]);
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        ids = Split(Runs).Distinct().Take(MaxRuns).ToArray();
        await base.OnParametersSetAsync();
        Draw();
    }

    /// <inheritdoc/>
    protected override Task LoadedAsync(bool isInteractive)
    {
        Draw();
        return Task.CompletedTask;
    }

    private static string[] Split(string? list) => (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Key(Curve curve) => curve.Per is null ? curve.Value : $"{curve.Value}/{curve.Per}";

    private async Task<ComparedRun> ReadAsync(string id, long? iteration, CancellationToken cancellationToken)
    {
        try
        {
            var series = Poa.Runs.SeriesAsync(id, maxPoints: MaxCurvePoints, cancellationToken: cancellationToken);
            var view = await Views.GetAsync(id, iteration, cancellationToken);
            return new ComparedRun(id, RunCrumbs.NameOf(view.Run), view, await series, null);
        }
        catch (PoaException e)
        {
            return new ComparedRun(id, id, null, null, e.Error);
        }
    }

    private void Draw()
    {
        if (Data is not { } data || drawn == (data, Navigation.Uri))
        {
            return;
        }

        drawn = (data, Navigation.Uri);
        names = data.Runs.ToDictionary(run => run.Id, run => run.Name);
        DrawCurves(data.Runs);
        DrawGrids(data.Runs);
        DrawDifference(data.Runs);
    }

    private void DrawCurves(ImmutableArray<ComparedRun> runs)
    {
        axis = Axes.FirstOrDefault(choice => choice.Value == By)?.Value ?? CompareAxis.Iterations;
        var series = runs.Where(run => run.Series is not null).Select(run => (run.Name, Series: run.Series!)).ToList();
        curves = [.. CurvePanels.For([.. series.SelectMany(run => run.Series.Columns.Keys).Distinct()]).SelectMany(panel => panel.Lines)];
        string[] asked = [.. Split(Terms).Where(term => curves.Any(curve => Key(curve) == term)).Take(MaxCurves)];
        terms = asked.Length > 0 || curves.Count == 0 ? asked : [Key(curves[0])];
        (xTitle, var factor) = CompareAxis.Of(axis, series.Select(run => run.Series));
        charts =
        [
            .. terms.Select(term => curves.First(curve => Key(curve) == term)).Select(curve => (
                curve,
                (IReadOnlyList<LineSeries>)[.. from run in series
                                               let places = CompareAxis.Places(run.Series, axis)
                                               where places.Length > 0
                                               select new LineSeries(run.Name, [.. places.Select(place => place * factor)], [.. CurvePanels.Means(run.Series, curve)])])),
        ];
    }

    private void DrawGrids(ImmutableArray<ComparedRun> runs)
    {
        var views = runs.Where(run => run.Grid is not null).ToList();
        var offered = views.SelectMany(run => run.Grid!.Figures()).ToList();
        figures = [.. offered.GroupBy(figure => figure.Key).Select(same => new Choice(same.Key, LabelOf(same.First(), same.Count(), views.Count)))];
        figureKey = offered.Any(figure => figure.Key == Show)
            ? Show
            : offered.Where(figure => figure.Measurement is not null).CountBy(figure => figure.Key).OrderByDescending(key => key.Value).Select(key => key.Key).FirstOrDefault()
                ?? offered.FirstOrDefault()?.Key;
        maps =
        [
            .. views.Select(run => (Run: run, View: run.Grid!, Figure: run.Grid!.Figures().FirstOrDefault(figure => figure.Key == figureKey)))
                .Select(map => new CompareMap(map.Run, map.View, map.Figure, map.Figure is null ? [] : GridMap.Cells(map.View, map.Figure))),
        ];
        double[] values = [.. maps.SelectMany(map => map.Cells).Where(cell => cell.Value is not null).Select(cell => cell.Value!.Value)];
        range = values.Length == 0 ? null : (values.Min(), values.Max());
    }

    private void DrawDifference(ImmutableArray<ComparedRun> runs)
    {
        var of = runs.FirstOrDefault(run => run.Id == Of) ?? runs.FirstOrDefault();
        var minus = runs.FirstOrDefault(run => run.Id == Minus) ?? runs.FirstOrDefault(run => run != of) ?? of;
        (ofId, minusId) = (of?.Id ?? "", minus?.Id ?? "");
        var (left, right) = (maps.FirstOrDefault(map => map.Run == of), maps.FirstOrDefault(map => map.Run == minus));
        difference = left?.Figure is null || right?.Figure is null ? null : CompareDifference.Of(left, right);
        settings = of?.Grid is { } here && minus?.Grid is { } there ? ConfigurationDifference.Between(here.Configuration, there.Configuration) : [];
    }

    private static string LabelOf(GridFigure figure, int having, int runs)
    {
        var label = figure.Measurement is { } measurement ? $"{figure.Label}, {GridText.Question(measurement)}" : figure.Label;
        return having == runs ? label : $"{label} (of {having} of {runs} runs)";
    }

    private string NameOf(string id) => names.GetValueOrDefault(id, id);

    private string At(string run, string iteration)
    {
        var at = (Iterations ?? "").Split(',');
        return string.Join(',', ids.Select((id, i) => id == run ? iteration : i < at.Length ? at[i] : ""));
    }

    private void Go(string name, string value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, value.Length == 0 ? null : value));
}
