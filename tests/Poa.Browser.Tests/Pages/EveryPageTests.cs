using Microsoft.Playwright;
using Poa.Browser.Tests.Browsing;
using Xunit;

namespace Poa.Browser.Tests.Pages;

/// <summary>What holds for every page: it shows itself in both themes and on a phone, asks no other host, and is accessible.</summary>
public sealed class EveryPageTests(Chromium chromium, UsedDashboard used) : IClassFixture<Chromium>, IClassFixture<UsedDashboard>
{
    /// <summary>Pages by name; RUN and SWEEP stand for those of the fixture.</summary>
    private static readonly (string Name, string Path)[] Pages =
    [
        ("runs", "/"),
        ("new-run", "/runs/new?preset=demo&data=demo"),
        ("run", "/runs/RUN"),
        ("run-events", "/runs/RUN/events"),
        ("run-checkpoints", "/runs/RUN/checkpoints"),
        ("run-sampling", "/runs/RUN/sampling"),
        ("run-configuration", "/runs/RUN/configuration"),
        ("run-logs", "/runs/RUN/logs"),
        ("grid", "/runs/RUN/grid"),
        ("cell", "/runs/RUN/grid?cell=96x5"),
        ("choose", "/runs/RUN/choose?parameters=150k"),
        ("compare", "/compare?runs=RUN,OTHER"),
        ("sweeps", "/sweeps"),
        ("sweep", "/sweeps/SWEEP"),
        ("workers", "/workers"),
        ("audit", "/administration/audit"),
        ("about", "/about"),
    ];

    public static TheoryData<string, ColorScheme, int> Views =>
    [
        .. from page in Pages
           from view in new (ColorScheme Theme, int Width)[] { (ColorScheme.Light, 1280), (ColorScheme.Dark, 1280), (ColorScheme.Light, 390) }
           select (page.Name, view.Theme, view.Width),
    ];

    [Theory]
    [MemberData(nameof(Views))]
    public async Task Page_InEveryView_IsAccessibleAndWithoutFaults(string name, ColorScheme theme, int width)
    {
        var path = Pages.Single(page => page.Name == name).Path
            .Replace("RUN", UsedDashboard.Run, StringComparison.Ordinal)
            .Replace("OTHER", UsedDashboard.OtherRun, StringComparison.Ordinal)
            .Replace("SWEEP", UsedDashboard.Sweep, StringComparison.Ordinal);
        await using var visitor = await chromium.VisitAsync(used.Address, theme, width);

        await visitor.OpenAsync(path);
        await visitor.DrawnAsync();
        await visitor.Page.KeepAsync($"{name}-{(width < 500 ? "phone" : theme.ToString().ToLowerInvariant())}");

        Assert.Equal(1, await visitor.Page.Locator("h1").CountAsync());
        Assert.Empty(await visitor.Page.SeriousFindingsAsync());
        // Nothing but what scrolls by itself is wider than the window.
        Assert.True(await visitor.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= window.innerWidth"), "The page scrolls sideways.");
        visitor.AssertNoFaults();
    }

    [Fact]
    public async Task Runs_ByKeyboardAlone_LeadToARun()
    {
        await using var visitor = await chromium.VisitAsync(used.Address);
        await visitor.OpenAsync("/");

        // A page that opens puts the focus on its heading, behind the menu.
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeFocusedAsync();
        for (var presses = 0; presses < 40; presses++)
        {
            await visitor.Page.Keyboard.PressAsync("Tab");
            if (await visitor.Page.EvaluateAsync<bool>("run => document.activeElement?.getAttribute('href') === '/runs/' + run", UsedDashboard.Run))
            {
                break;
            }
        }

        await visitor.Page.Keyboard.PressAsync("Enter");
        await visitor.Page.WaitForURLAsync($"**/runs/{UsedDashboard.Run}");
    }

    [Fact]
    public async Task Cell_WithPictures_FetchesThemWhenTheyComeIntoSight()
    {
        await using var visitor = await chromium.VisitAsync(used.Address);

        await visitor.OpenAsync($"/runs/{UsedDashboard.Run}/grid?cell=96x5");
        var pictures = visitor.Page.Locator("figure.figure img");
        await Assertions.Expect(pictures).ToHaveCountAsync(2);
        await pictures.Last.ScrollIntoViewIfNeededAsync();

        await visitor.Page.WaitForFunctionAsync("() => [...document.querySelectorAll('figure.figure img')].at(-1).naturalWidth > 448");
        Assert.StartsWith("Attention of 96x5. demo test #1", await pictures.Last.GetAttributeAsync("alt"), StringComparison.Ordinal);
        visitor.AssertNoFaults();
    }

    [Fact]
    public async Task PagesWithCharts_LeftAsSoonAsTheyShow_HoldNothingUp()
    {
        await using var visitor = await chromium.VisitAsync(used.Address);

        // A browser opens six connections to a host: twice as many pages that kept one each would be noticed.
        for (var visit = 0; visit < 12; visit++)
        {
            await visitor.Page.GotoAsync($"/runs/{UsedDashboard.Run}/grid", new PageGotoOptions { WaitUntil = WaitUntilState.Commit, Timeout = 15_000 });
            await visitor.Page.Locator("tbody tr").First.WaitForAsync();
        }
    }

    [Fact]
    public async Task Run_WithAScriptForAName_ShowsTheTextAndRunsNothing()
    {
        await using var visitor = await chromium.VisitAsync(used.Address);

        foreach (var path in (string[])["/", $"/runs/{UsedDashboard.OtherRun}", $"/runs/{UsedDashboard.OtherRun}/grid", $"/compare?runs={UsedDashboard.OtherRun}", "/administration/audit"])
        {
            await visitor.OpenAsync(path);
            await visitor.DrawnAsync();
            Assert.False(await visitor.Page.EvaluateAsync<bool>("() => 'hacked' in window"), $"{path} ran the script in a run's name.");
        }

        await visitor.OpenAsync($"/runs/{UsedDashboard.OtherRun}");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(UsedDashboard.HostileName);
        visitor.AssertNoFaults();
    }
}
