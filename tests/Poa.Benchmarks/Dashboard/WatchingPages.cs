using Microsoft.Playwright;

namespace Poa.Benchmarks.Dashboard;

/// <summary>
/// Pages that are open on a live run and draw nothing: what fifty of them cost the server is to be measured, and fifty drawn on this
/// machine's own processor would leave the server none. All else is real: the circuit, the components, every point sent and acknowledged.
/// </summary>
internal sealed class WatchingPages : IAsyncDisposable
{
    /// <summary>Takes what the page gives to Plotly, and counts the updates.</summary>
    private const string Plotly = """
        window.updates = 0;
        const done = () => Promise.resolve();
        window.Plotly = {
            newPlot: (id) => { document.getElementById(id).on = () => { }; return done(); },
            react: done, purge: done, relayout: done,
            extendTraces: () => { window.updates++; return done(); },
        };
        """;

    private readonly IBrowserContext context;

    private WatchingPages(IBrowserContext context) => this.context = context;

    public static async Task<WatchingPages> OpenAsync(IBrowser browser, Uri address, int count)
    {
        var pages = new WatchingPages(await browser.NewContextAsync());
        await pages.context.RouteAsync("**/plotly-3*.js", route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/javascript", Body = Plotly }));
        for (var i = 0; i < count; i++)
        {
            var page = await pages.context.NewPageAsync();
            await page.GotoAsync(address.ToString());
            await page.WaitForFunctionAsync("() => window.updates > 0", null, new PageWaitForFunctionOptions { Timeout = 60_000 });
        }

        return pages;
    }

    /// <summary>Updates of curves so far on the page that got the fewest.</summary>
    public async Task<double> FewestUpdatesAsync()
    {
        var counts = await Task.WhenAll(context.Pages.Select(page => page.EvaluateAsync<double>("() => window.updates")));
        return counts.Min();
    }

    public ValueTask DisposeAsync() => context.DisposeAsync();
}
