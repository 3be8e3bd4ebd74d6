using System.Net;
using AngleSharp.Html.Parser;
using Poa.Actors.Abstractions;
using Poa.Actors.Dashboard.Pages.Runs;
using Poa.Actors.Dashboard.Security;
using Poa.Actors.Dashboard.Ui;
using Poa.Actors.Tests;
using Poa.Elastic;

namespace Poa.Actors.Dashboard.Tests.Pages.Runs;

/// <summary>What the server sends at once, before any script runs.</summary>
[Collection(OneDevice.Name)]
public sealed class RunPagesTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    [Fact]
    public async Task Runs_FirstAnswer_HasRowsFiltersAndTheSearchedOnesOnly()
    {
        var (first, second) = (await CreateAsync("apple pie"), await CreateAsync("pear cake"));
        using var browser = await dashboard.SignedInAsync(Role.Operator);

        var all = await browser.GetStringAsync("/");
        Assert.Contains($"href=\"/runs/{first}\"", all);
        Assert.Contains($"href=\"/runs/{second}\"", all);
        Assert.Contains("href=\"/?state=created\"", all);
        Assert.Contains("New run", all);

        var searched = await browser.GetStringAsync("/?q=apple");
        Assert.Contains($"href=\"/runs/{first}\"", searched);
        Assert.DoesNotContain($"href=\"/runs/{second}\"", searched);
    }

    [Fact]
    public async Task Run_FirstAnswer_HasHeaderStateAndCommands()
    {
        var run = await CreateAsync("<script>alert(1)</script>");
        using var browser = await dashboard.SignedInAsync(Role.Operator);

        var page = await browser.GetStringAsync($"/runs/{run}");

        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page);
        Assert.DoesNotContain("<script>alert(1)", page);
        Assert.Contains("Created", page);
        var document = new HtmlParser().ParseDocument(page);
        Assert.Equal(["fa-ban"], new[] { "fa-pause", "fa-play", "fa-ban" }.Where(icon => document.QuerySelector($"main .{icon}")!.Closest(".d-none") is null));
    }

    [Fact]
    public async Task Run_Viewer_SeesItWithoutCommands()
    {
        var run = await CreateAsync("seen by all");
        using var browser = await dashboard.SignedInAsync(Role.Viewer);

        var page = await browser.GetStringAsync($"/runs/{run}");

        Assert.Contains("seen by all", page);
        Assert.DoesNotContain("fa-ban", page);
        Assert.DoesNotContain($"/runs/new?from={run}", page);
        Assert.Contains("needs the role operator", await browser.GetStringAsync("/runs/new"));
    }

    [Theory]
    [InlineData("events", "Created on demo")]
    [InlineData("events?level=error", "No events of this level")]
    [InlineData("checkpoints", "No checkpoint yet")]
    [InlineData("sampling", "No step yet")]
    [InlineData("configuration?against=vit-ee1200", "differ from the preset vit-ee1200")]
    [InlineData("logs", "No log yet")]
    public async Task Run_EveryView_HasAnAddressAndSaysSomethingAtOnce(string view, string text)
    {
        var run = await CreateAsync("");
        using var browser = await dashboard.SignedInAsync(Role.Viewer);

        Assert.Contains(text, await browser.GetStringAsync($"/runs/{run}/{view}"));
    }

    [Theory]
    [InlineData("no-such-run")]
    [InlineData("..%2f..%2fetc")]
    public async Task Run_NotThere_SaysSoAndWhatToDo(string run)
    {
        using var browser = await dashboard.SignedInAsync(Role.Viewer);
        using var answer = await browser.GetAsync($"/runs/{run}");

        Assert.Contains("role=\"alert\"", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task NewRun_CopyOfARun_IsFilledInWithItsConfiguration()
    {
        var run = await CreateAsync("to be copied");
        using var browser = await dashboard.SignedInAsync(Role.Operator);

        var page = WebUtility.HtmlDecode(await browser.GetStringAsync($"/runs/new?from={run}"));

        Assert.Contains("to be copied (copy)", page);
        Assert.Contains("demo?split=train", page);
        Assert.Contains("batch_size_per_gpu: 7", page);
    }

    [Fact]
    public async Task NewRun_QuickDemo_StatesItsCostAtOnce()
    {
        using var browser = await dashboard.SignedInAsync(Role.Operator);

        var page = await browser.GetStringAsync($"/runs/new?preset={NewRunDraft.QuickPreset}&data=demo");

        var cost = RunCost.Of(ConfigurationPresets.Load(NewRunDraft.QuickPreset), 0);
        Assert.Contains($">{cost.SubNetworks}<", page);
        Assert.Contains(Formats.Short(cost.IntactParameters), page);
    }

    /// <summary>A run that waits for nothing: created, never started.</summary>
    private async Task<string> CreateAsync(string name)
    {
        var specification = Specifications.Run() with
        {
            Name = name,
            ConfigurationYaml = ConfigurationPresets.Load("demo-quick", ["train.batch_size_per_gpu=7"]).ToYaml(),
        };
        await dashboard.Cluster.Client.GetGrain<ITrainingRunGrain>(specification.RunId).CreateAsync(specification);
        return specification.RunId;
    }
}
