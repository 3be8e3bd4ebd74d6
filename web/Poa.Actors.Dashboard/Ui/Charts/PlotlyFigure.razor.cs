using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Plotly.Blazor;
using Plotly.Blazor.ConfigLib;
using Plotly.Blazor.Interop;
using PlotlyLayout = Plotly.Blazor.Layout;

namespace Poa.Actors.Dashboard.Ui.Charts;

/// <summary>A chart of Plotly in a figure with a text for screen readers. Draws again when it is given other traces or another layout.</summary>
public sealed partial class PlotlyFigure : IDisposable
{
    private readonly Config config = new() { Responsive = true, DisplayModeBar = DisplayModeBarEnum.False, DisplayLogo = false };
    private BrowserChart? chart;
    private (IList<ITrace> Traces, PlotlyLayout Layout)? drawn;
    private DotNetObjectReference<PlotlyFigure>? self;
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

    /// <summary>Points were clicked or dragged over.</summary>
    [Parameter]
    public EventCallback<ChartTouch> OnTouch { get; set; }

    /// <summary>The reader chose a part of the x axis, or all of it again (null).</summary>
    [Parameter]
    public Action<ChartWindow?>? OnZoom { get; set; }

    [Inject]
    private IJSRuntime Browser { get; set; } = null!;

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

    /// <summary>Called by <c>charts.js</c>.</summary>
    /// <param name="isDrag">True for a box, false for a click.</param>
    /// <param name="points">For each point the number of its trace and its own; what the browser says is checked by whoever uses it.</param>
    [JSInvokable]
    public Task TouchedAsync(bool isDrag, int[][] points) => OnTouch.InvokeAsync(
        new ChartTouch(isDrag, [.. points.Where(point => point.Length == 2).Select(point => (point[0], point[1]))]));

    /// <inheritdoc/>
    public void Dispose() => self?.Dispose();

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
        if (OnTouch.HasDelegate)
        {
            try
            {
                self = DotNetObjectReference.Create(this);
                await using var module = await Browser.InvokeAsync<IJSObjectReference>("import", "./charts.js");
                await module.InvokeVoidAsync("watch", chart!.Id, self);
            }
            catch (JSDisconnectedException)
            {
                // The page was left while its chart was drawn.
            }
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
