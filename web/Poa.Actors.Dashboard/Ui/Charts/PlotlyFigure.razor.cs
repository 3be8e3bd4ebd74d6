using System.Globalization;
using Microsoft.AspNetCore.Components;
using Plotly.Blazor;
using Plotly.Blazor.ConfigLib;
using Plotly.Blazor.Interop;
using PlotlyLayout = Plotly.Blazor.Layout;

namespace Poa.Actors.Dashboard.Ui.Charts;

/// <summary>A chart of Plotly in a figure with a text for screen readers. Draws again when it is given other traces or another layout.</summary>
public sealed partial class PlotlyFigure
{
    private readonly Config config = new() { Responsive = true, DisplayModeBar = DisplayModeBarEnum.False, DisplayLogo = false };
    private PlotlyChart? chart;
    private (IList<ITrace> Traces, PlotlyLayout Layout)? drawn;
    private bool isReady;

    /// <summary>What is drawn.</summary>
    [Parameter, EditorRequired]
    public IList<ITrace> Traces { get; set; } = [];

    /// <summary>Axes and so on.</summary>
    [Parameter, EditorRequired]
    public PlotlyLayout PlotLayout { get; set; } = new();

    /// <summary>What the chart says, in words.</summary>
    [Parameter, EditorRequired]
    public string Summary { get; set; } = "";

    /// <summary>Height in CSS pixels.</summary>
    [Parameter]
    public int Height { get; set; } = 320;

    /// <summary>How many points are shown, for tests.</summary>
    [Parameter]
    public int Points { get; set; }

    /// <summary>Points were clicked.</summary>
    [Parameter]
    public Action<IReadOnlyList<EventDataPoint>>? OnClick { get; set; }

    /// <summary>Points were selected by dragging.</summary>
    [Parameter]
    public Action<IReadOnlyList<EventDataPoint>>? OnSelect { get; set; }

    /// <summary>The reader chose a part of the x axis, or all of it again (null).</summary>
    [Parameter]
    public Action<ChartWindow?>? OnZoom { get; set; }

    /// <summary>Adds points to some traces without drawing the others.</summary>
    /// <param name="x">New x values of each.</param>
    /// <param name="y">New y values of each.</param>
    /// <param name="indices">Which traces.</param>
    /// <returns>False if there is no drawing yet: the caller adds them to its traces.</returns>
    public async Task<bool> ExtendAsync(IReadOnlyList<IReadOnlyList<object?>> x, IReadOnlyList<IReadOnlyList<object?>> y, IReadOnlyList<int> indices)
    {
        if (!isReady || drawn?.Traces != Traces)
        {
            return false;
        }

        await chart!.ExtendTraces(x!, y!, indices);
        return true;
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // The first drawing is the library's own.
        if (isReady && (drawn?.Traces != Traces || drawn?.Layout != PlotLayout))
        {
            drawn = (Traces, PlotLayout);
            await chart!.React();
        }
    }

    private async void OnDrawn()
    {
        if (isReady)
        {
            return;
        }

        isReady = true;
        drawn ??= (Traces, PlotLayout);
        if (OnClick is not null)
        {
            await chart!.SubscribeClickEvent();
        }

        if (OnSelect is not null)
        {
            await chart!.SubscribeSelectedEvent();
        }

        if (OnZoom is not null)
        {
            await chart!.SubscribeRelayoutEvent();
        }
    }

    private void OnRelayout(RelayoutEventData change)
    {
        if (change.XRange is [var from, var to] && Number(from) is { } left && Number(to) is { } right && right > left)
        {
            OnZoom?.Invoke(new ChartWindow(left, right));
        }
        else if (change.RawData?.ContainsKey("xaxis.autorange") == true)
        {
            OnZoom?.Invoke(null);
        }
    }

    private static double? Number(object value) =>
        double.TryParse(Convert.ToString(value, CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
