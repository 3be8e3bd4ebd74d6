using Microsoft.Playwright;
using Xunit;

namespace Poa.Browser.Tests.Browsing;

/// <summary>A person at a browser, with a note of everything that went wrong in it.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly List<string> faults = [];
    private readonly Lock gate = new();

    public Visitor(IBrowserContext context, IPage page, Uri address)
    {
        this.context = context;
        Page = page;
        page.PageError += (_, error) => Note($"script error: {error}");
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                Note($"console: {message.Text} ({message.Location})");
            }
        };
        page.Request += (_, request) =>
        {
            var target = new Uri(request.Url);
            if (target.Scheme is "http" or "https" or "ws" or "wss" && target.Authority != address.Authority)
            {
                Note($"request to another host: {request.Url}");
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Script errors, console errors and requests to other hosts so far.</summary>
    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (gate)
            {
                return [.. faults];
            }
        }
    }

    /// <summary>Opens a page and waits until it says that its content is there.</summary>
    public async Task OpenAsync(string path)
    {
        await Page.GotoAsync(path);
        await ReadyAsync();
    }

    /// <summary>Waits until the page says that its content is there and answers to clicks.</summary>
    public Task ReadyAsync() => Page.Locator("main[data-ready]").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });

    /// <summary>Waits until the page loads nothing any more, and its charts, if it has any, are drawn.</summary>
    public Task DrawnAsync() =>
        Page.WaitForFunctionAsync("() => !document.querySelector('main .spinner-border') && [...document.querySelectorAll('.js-plotly-plot, .poa-chart')].every(chart => chart.querySelector('.main-svg') || chart.closest('.js-plotly-plot'))");

    /// <summary>Nothing went wrong in the browser so far.</summary>
    public void AssertNoFaults() => Assert.Empty(Faults);

    public async ValueTask DisposeAsync() => await context.DisposeAsync();

    private void Note(string fault)
    {
        lock (gate)
        {
            faults.Add(fault);
        }
    }
}
