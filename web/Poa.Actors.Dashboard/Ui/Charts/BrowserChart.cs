using Microsoft.JSInterop;
using Plotly.Blazor;

namespace Poa.Actors.Dashboard.Ui.Charts;

/// <summary>
/// Plotly's chart, without its wait for the browser when it goes away. A page that is closed sends a last request, which is answered
/// when the components are gone; the browser no longer replies to them by then. With the wait, half a dozen pages that were left quickly
/// held all connections of the browser to this host for half a minute.
/// </summary>
public sealed class BrowserChart : PlotlyChart, IAsyncDisposable
{
    ValueTask IAsyncDisposable.DisposeAsync()
    {
        _ = LeaveAsync();
        return ValueTask.CompletedTask;
    }

    private async Task LeaveAsync()
    {
        try
        {
            await DisposeAsync();
        }
        catch (Exception e) when (e is JSException or JSDisconnectedException or OperationCanceledException)
        {
            // The drawing went with its page.
        }
    }
}
