using System.Diagnostics;
using System.Text.Json;
using Poa.Browser.Tests.Browsing;
using Poa.EndToEnd.Tests.Processes;
using Xunit;

namespace Poa.Browser.Tests.Stories;

/// <summary>A page that is open while its server is killed.</summary>
public sealed class RestartTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task OpenPage_ServerKilledAndStartedAgain_IsLiveWithin15SecondsWithoutGapOrDouble()
    {
        using var home = new TemporaryHome();
        await using var first = await DashboardProcess.StartAsync(home);
        // Long enough to be in the middle of training for the whole test.
        var started = await PoaProcess.RunAsync(home, [.. TinyRun.Arguments, "train.OFFICIAL_EPOCH_LENGTH=4000", "--detach"]);
        Assert.True(started.ExitCode == 0, started.ToString());
        await using var visitor = await chromium.VisitAsync(first.Address);
        await visitor.OpenAsync($"/runs/{TinyRun.Id}");
        await IterationsAsync(visitor, list => list.Count > 3, "the curve begins", 120);

        await first.Process.KillAsync();
        var before = await IterationsAsync(visitor, _ => true, "the page still shows its curve", 5);
        await using var again = await DashboardProcess.StartAsync(home, first.Address.Port);
        var clock = Stopwatch.StartNew();
        var after = await IterationsAsync(visitor, list => list[^1] > before[^1], "the page is live again", 15);

        Assert.Equal(first.Address, again.Address);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15), $"Live again after {clock.Elapsed}.");
        Assert.Equal(Enumerable.Range(0, (int)after[^1] + 1).Select(i => (double)i), after);
    }

    /// <summary>The iterations on the loss curve as the browser draws it, once they fit.</summary>
    private static async Task<IReadOnlyList<double>> IterationsAsync(Visitor visitor, Func<IReadOnlyList<double>, bool> fits, string what, double seconds)
    {
        IReadOnlyList<double> iterations = [];
        await Until.TrueAsync(
            what,
            async () =>
            {
                try
                {
                    var x = await visitor.Page.EvaluateAsync<JsonElement>(
                        "() => { const d = document.querySelector('figure[data-points] .js-plotly-plot')?.data?.[0]?.x ?? []; return Array.from(d._inputArray ?? d); }");
                    iterations = [.. x.EnumerateArray().Select(value => value.GetDouble())];
                }
                catch (Microsoft.Playwright.PlaywrightException)
                {
                    return false; // The page is being loaded again.
                }

                return iterations.Count > 0 && fits(iterations);
            },
            seconds,
            TimeSpan.FromMilliseconds(100));
        return iterations;
    }
}
