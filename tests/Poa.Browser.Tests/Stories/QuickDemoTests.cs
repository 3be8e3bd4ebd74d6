using System.Globalization;
using Microsoft.Playwright;
using Poa.Browser.Tests.Browsing;
using Poa.EndToEnd.Tests.Processes;
using Poa.Networks;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Poa.Browser.Tests.Stories;

/// <summary>What somebody does on the first day, from an empty data folder to a network on the own disk.</summary>
public sealed class QuickDemoTests(Chromium chromium) : IClassFixture<Chromium>
{
    /// <summary>Training of the quick demo on a busy machine with one thread.</summary>
    private const float Minutes = 180_000;

    [Fact]
    public async Task NewUser_RunsTheQuickDemo_AndDownloadsASubNetworkWithinABudget()
    {
        using var home = new TemporaryHome();
        await using var dashboard = await DashboardProcess.StartAsync(home);
        await using var visitor = await chromium.VisitAsync(dashboard.Address);
        var page = visitor.Page;

        await visitor.OpenAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "Quick demo" }).ClickAsync();
        await page.WaitForURLAsync("**/runs/new?**");
        await visitor.ReadyAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Check" }).ClickAsync();
        await Expect(page.GetByText("10,000").First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start the run" }).ClickAsync();

        // The loss curve moves while the run trains.
        await page.WaitForURLAsync(url => url.Contains("/runs/", StringComparison.Ordinal) && !url.EndsWith("new", StringComparison.Ordinal) && !url.Contains("/new?", StringComparison.Ordinal));
        var run = new Uri(page.Url).Segments[2].TrimEnd('/');
        var first = await PointsAsync(page, more: 0);
        Assert.True(await PointsAsync(page, more: first) > first);
        await Expect(page.GetByText("Completed").First).ToBeVisibleAsync(new() { Timeout = Minutes });

        // Four cells of the grid are evaluated and fill in.
        await page.GetByRole(AriaRole.Link, new() { Name = "Grid", Exact = true }).ClickAsync();
        await page.WaitForURLAsync($"**/runs/{run}/grid**");
        await visitor.ReadyAsync();
        foreach (var name in (string[])["48x2", "64x3", "80x4", "96x5"])
        {
            await page.GetByRole(AriaRole.Checkbox, new() { Name = $"Select {name}" }).CheckAsync();
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Evaluate 4 cells" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Completed" })).ToHaveCountAsync(4, new() { Timeout = Minutes });

        // A budget below the largest leaves the best of the other three.
        await page.GotoAsync($"/runs/{run}/choose");
        await visitor.ReadyAsync();
        await page.GetByLabel("At most this many parameters").FillAsync("150k");
        await page.GetByLabel("At most this many parameters").PressAsync("Enter");
        await page.WaitForURLAsync("**/choose?*parameters=150k*");
        var choice = page.GetByRole(AriaRole.Region, new() { Name = "The best within the budget" });
        await Expect(choice.GetByRole(AriaRole.Button, new() { Name = "Extract" })).ToBeVisibleAsync();
        await choice.GetByRole(AriaRole.Button, new() { Name = "Extract" }).ClickAsync();
        var link = choice.GetByRole(AriaRole.Link, new() { Name = "model.safetensors" });
        await link.WaitForAsync(new() { Timeout = Minutes });
        var download = await page.RunAndWaitForDownloadAsync(() => link.ClickAsync());
        var file = home.PathOf("downloaded.safetensors");
        await download.SaveAsAsync(file);

        using var weights = SafetensorsFile.Open(file);
        Assert.Contains(weights.Entries, entry => entry.Name == "patch_embed.proj.weight");
        Assert.InRange(weights.Entries.Sum(entry => entry.Shape.Aggregate(1L, (product, size) => product * size)), 1, 150_000);
        using var network = PlainViT.Load(file);
        visitor.AssertNoFaults();
    }

    /// <summary>Number of points on the first curve, once it is above <paramref name="more"/>.</summary>
    private static async Task<int> PointsAsync(IPage page, int more)
    {
        var handle = await page.WaitForFunctionAsync(
            "more => { const points = Number(document.querySelector('figure[data-points]')?.dataset.points); return points > more ? String(points) : null; }",
            more,
            new() { Timeout = Minutes });
        return int.Parse(await handle.JsonValueAsync<string>(), CultureInfo.InvariantCulture);
    }
}
