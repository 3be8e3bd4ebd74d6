using System.Diagnostics;
using Microsoft.Playwright;

namespace Poa.Benchmarks.Dashboard;

/// <summary>
/// How long pages take to show their first useful content with much in the store, and what many open pages on a live run cost the
/// server.
/// </summary>
internal static class DashboardBenchmark
{
    private static readonly TimeSpan Watching = TimeSpan.FromSeconds(30);

    /// <summary>Pages, and what a person came for on each: figures, rows, a form, not a frame, a heading or a spinner.</summary>
    private static readonly (string Name, string Path, string Content)[] Pages =
    [
        ("runs", "/", "tbody tr a[href='/runs/live-run']"),
        ("new run", "/runs/new?preset=demo&data=demo", "button:has-text('Start the run')"),
        ("run, 300,000 steps", $"/runs/{SeededStore.LongRun}", "main dl dd:has-text('demo?split=train')"),
        ("run, checkpoints", $"/runs/{SeededStore.LongRun}/checkpoints", "tbody tr"),
        ("run, events", $"/runs/{SeededStore.LongRun}/events", "tbody tr"),
        ("run, sampling", $"/runs/{SeededStore.LongRun}/sampling", "main p:has-text('draws over')"),
        ("run, logs", $"/runs/{SeededStore.LongRun}/logs", "main :text('No log yet')"),
        ("run, configuration", $"/runs/{SeededStore.LongRun}/configuration", "pre:has-text('min_embed_dim')"),
        ("grid, 572 cells", $"/runs/{SeededStore.LongRun}/grid", "tbody tr a:has-text('64x2')"),
        ("choose", $"/runs/{SeededStore.LongRun}/choose?parameters=30M", "tbody tr"),
        ("compare", $"/compare?runs=run-0001,{SeededStore.LongRun}", "h2:has-text('Curves')"),
        ("sweeps", "/sweeps", $"tbody tr a[href='/sweeps/{SeededStore.Sweep}']"),
        ("sweep, 572 jobs", $"/sweeps/{SeededStore.Sweep}", "tbody tr"),
        ("workers", "/workers", "section[aria-label^='Worker']"),
        ("audit log", "/administration/audit", "main :text('No entries')"),
        ("accounts", "/administration/accounts", "main :text('No accounts yet')"),
        ("about", "/about", "dd code"),
    ];

    /// <summary>What comes after the first content: curves of a long run, and the map of a large grid, drawn.</summary>
    private static readonly (string Name, string Path, string Content)[] Drawings =
    [
        ("curves of 300,000 steps", $"/runs/{SeededStore.LongRun}", ".poa-chart .main-svg .scatterlayer .trace"),
        ("map of 572 cells", $"/runs/{SeededStore.LongRun}/grid", ".poa-chart .main-svg .heatmaplayer image, .poa-chart .main-svg .heatmaplayer .hm"),
    ];

    public static Report Run(BenchmarkOptions options) => RunAsync(options).GetAwaiter().GetResult();

    private static async Task<Report> RunAsync(BenchmarkOptions options)
    {
        var home = Directory.CreateTempSubdirectory("poa-dashboard-");
        try
        {
            using var server = await DashboardServer.StartAsync(home.FullName);
            using var playwright = await Playwright.CreateAsync();
            await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = Environment.GetEnvironmentVariable("POA_CHROMIUM") ?? "/usr/bin/chromium",
                Args = ["--no-sandbox"],
            });
            var measurements = new List<Measurement>();
            foreach (var page in Pages.Where(page => page.Name.StartsWith(options.Page ?? "", StringComparison.Ordinal)))
            {
                var times = await LoadAsync(browser, new Uri(server.Address, page.Path), page.Content, options.Loads);
                measurements.Add(new($"{page.Name}: median", Statistics.Median(times), "s"));
                measurements.Add(new($"{page.Name}: p95", Statistics.Percentile(times, 95), "s"));
            }

            if (options.Page is null)
            {
                measurements.AddRange(await DrawingsAsync(browser, server, options));
                measurements.AddRange(await WatchingAsync(browser, server, options));
            }

            return new Report(
                "dashboard",
                $"{SeededStore.Runs} runs, one of {SeededStore.Steps} steps, a sweep of 572 jobs; {options.Loads} loads of each page in one warm Chromium, from the navigation's start to the content on the screen",
                measurements);
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    private static async Task<IReadOnlyList<Measurement>> DrawingsAsync(IBrowser browser, DashboardServer server, BenchmarkOptions options)
    {
        var measurements = new List<Measurement>();
        foreach (var drawing in Drawings)
        {
            var times = await LoadAsync(browser, new Uri(server.Address, drawing.Path), drawing.Content, Math.Max(1, options.Loads / 5));
            measurements.Add(new($"{drawing.Name}, drawn: median", Statistics.Median(times), "s"));
        }

        return measurements;
    }

    private static async Task<IReadOnlyList<Measurement>> WatchingAsync(IBrowser browser, DashboardServer server, BenchmarkOptions options)
    {
        var measurements = new List<Measurement>();
        var idle = await CoresAsync(server, Watching);
        await using var watchers = await WatchingPages.OpenAsync(browser, new Uri(server.Address, $"/runs/{SeededStore.LiveRun}"), options.OpenPages);
        var before = await watchers.FewestUpdatesAsync();
        var watched = await CoresAsync(server, Watching);
        measurements.Add(new("server alone, live run", idle, "cores"));
        measurements.Add(new($"server with {options.OpenPages} pages on it", watched, "cores"));
        measurements.Add(new("updates of the slowest page", (await watchers.FewestUpdatesAsync() - before) / Watching.TotalSeconds, "1/s"));
        measurements.Add(new("memory of the server", server.ResidentBytes / 1e6, "MB"));
        return measurements;
    }

    /// <summary>Seconds from the start of the navigation until the content is laid out, by the browser's own clock.</summary>
    private static async Task<double[]> LoadAsync(IBrowser browser, Uri address, string content, int loads)
    {
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        var times = new List<double>();
        // The first load fills the browser's cache and the server's compiled code; a person sees it once.
        for (var load = 0; load <= loads; load++)
        {
            await page.GotoAsync(address.ToString(), new PageGotoOptions { WaitUntil = WaitUntilState.Commit });
            await page.Locator(content).First.WaitForAsync();
            var seconds = await page.EvaluateAsync<double>("() => performance.now() / 1000");
            if (load > 0)
            {
                times.Add(seconds);
            }

            // A reader does not leave while the page is still being drawn, which would count as time of the next one.
            await page.EvaluateAsync("() => new Promise(done => requestIdleCallback(done))");
        }

        return [.. times];
    }

    private static async Task<double> CoresAsync(DashboardServer server, TimeSpan time)
    {
        var (clock, before) = (Stopwatch.StartNew(), server.ProcessorTime);
        await Task.Delay(time);
        return (server.ProcessorTime - before) / clock.Elapsed;
    }
}
