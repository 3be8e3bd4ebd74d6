using BootstrapBlazor.Components;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Commands;
using Poa.Actors.Dashboard.Hosting;
using Poa.Actors.Dashboard.Pages.Choose;
using Poa.Actors.Dashboard.Pages.Compare;
using Poa.Actors.Dashboard.Pages.Grid;
using Poa.Actors.Dashboard.Security;
using Poa.Actors.Dashboard.Security.Accounts;
using Poa.Actors.Dashboard.Ui;
using Poa.Actors.Tests;

namespace Poa.Actors.Dashboard.Tests.Pages.Grid;

/// <summary>The pages of a grid over a real cluster whose worker does what the test says.</summary>
[Collection(OneDevice.Name)]
public sealed class GridPageTests : BunitContext
{
    private readonly ClusterFixture fixture;
    private readonly PoaClient poa;

    public GridPageTests(ClusterFixture fixture)
    {
        this.fixture = fixture;
        poa = new PoaClient(fixture.Client);
        JSInterop.Mode = JSRuntimeMode.Loose;
        this.AddBunitPersistentComponentState();
        this.AddAuthorization().SetAuthorized("tester").SetRoles(Roles.Operator).SetPolicies(Roles.Operator);
        Services.AddDashboardUi();
        Services.AddSingleton(poa);
        Services.AddSingleton(new DashboardOptions { Home = Path.GetTempPath() });
        // Needed by commands that no test here gives.
        Services.AddSingleton(new AccountStore(Path.GetTempPath()));
        Services.AddSingleton<Sessions>();
        Services.AddSingleton<DashboardCommands>();
        Services.AddScoped<PageCommands>();
        Services.AddSingleton<GridViews>();
        // Last: it closes the list of services.
        SetRendererInfo(new RendererInfo("Server", true));
        Render<ToastContainer>(); // part of every page's frame
    }

    [Fact]
    public async Task Grid_SelectedCellsEvaluated_FillInAndAFailedOneIsRetriedAlone()
    {
        var run = await CompletedRunAsync();
        var page = Render<GridPage>(p => p.Add(g => g.Id, run));
        page.WaitForAssertion(() => Assert.Equal(SampleGrid.Configuration.Grid().SubNetworks.Count, page.FindAll("tbody tr").Count), Wait.Limit);
        Assert.True(Button(page, "Evaluate 0 cells").HasAttribute("disabled"));

        await page.Find("input[aria-label='Select 32x2']").ChangeAsync(new ChangeEventArgs { Value = true });
        await page.Find("input[aria-label='Select 48x4']").ChangeAsync(new ChangeEventArgs { Value = true });
        await Button(page, "Evaluate 2 cells").ClickAsync();

        var sweep = Assert.Single((await poa.Sweeps.QueryAsync(new SweepQuery { Run = run })).Entries);
        Assert.Equal((Benchmarks.Knn, 2, "tester"), (sweep.Benchmark, sweep.Total, sweep.CreatedBy));
        var batch = await fixture.Executor.BatchAsync(sweep.SweepId);
        Assert.Equal(new EvaluationData("demo?split=train", "demo?split=test"), batch.Evaluation.Data);
        await batch.ResultAsync("32x2");
        await batch.FailAsync(retryable: false);
        page.WaitForAssertion(() => Assert.Contains("80.0", Row(page, "32x2").TextContent, StringComparison.Ordinal), Wait.Limit);
        page.WaitForAssertion(() => Assert.Contains("It broke.", Row(page, "48x4").TextContent, StringComparison.Ordinal), Wait.Limit);
        Assert.Contains("1 of the 2 selected are stored already", page.Markup, StringComparison.Ordinal);

        await page.Find("button[aria-label='Retry 48x4']").ClickAsync();

        var again = await fixture.Executor.BatchAsync(sweep.SweepId, batch.Lease.FencingToken);
        Assert.Equal(["48x4"], again.Evaluation.SubNetworks);
        await again.ResultAsync("48x4");
        await again.CompleteAsync();
        page.WaitForAssertion(() => Assert.Contains("80.0", Row(page, "48x4").TextContent, StringComparison.Ordinal), Wait.Limit);
    }

    [Fact]
    public async Task Cell_ResultWithPictures_ShowsEachWithItsCaptionWhenItComesIntoSight()
    {
        var run = await CompletedRunAsync();
        var sweep = (await poa.Sweeps.StartAsync(run, SampleGrid.Data, Benchmarks.Attention, ["32x2", "48x4"])).Specification;
        var batch = await fixture.Executor.BatchAsync(sweep.SweepId);
        EvaluationPicture[] pictures = [new("a.01.0123456789ab.jpg", "1.png: <b>attention</b>", 10, "aa", 640, 480), new("a.02.0123456789ab.jpg", "2.png: attention", 10, "bb", 320, 240)];
        await batch.Reporter.ResultAsync(
        [
            FakeWork.ResultOf("32x2", 30) with { Benchmark = Benchmarks.Attention, Pictures = [.. pictures] },
            FakeWork.ResultOf("48x4", 30) with { Benchmark = Benchmarks.Attention },
        ]);
        await batch.CompleteAsync();
        await poa.Sweeps.WaitAsync(sweep.SweepId);
        var address = $"/api/v1/runs/{run}/results/0/32x2/{sweep.JobOf("32x2").Question}/pictures";
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/runs/{run}/grid?cell=32x2");

        var page = Render<GridPage>(p => p.Add(g => g.Id, run));

        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(".figure img").Count), Wait.Limit);
        var image = page.Find(".figure img");
        Assert.Equal($"{address}/a.01.0123456789ab.jpg", image.GetAttribute("src"));
        Assert.Equal(("640", "480", "lazy"), (image.GetAttribute("width"), image.GetAttribute("height"), image.GetAttribute("loading")));
        Assert.Equal("Attention of 32x2. 1.png: <b>attention</b>", image.GetAttribute("alt"));
        Assert.Equal(["1.png: <b>attention</b>", "2.png: attention"], page.FindAll(".figure-caption").Select(caption => caption.TextContent));
        Assert.Equal($"{address}/a.02.0123456789ab.jpg", page.FindAll(".figure a")[1].GetAttribute("href"));
        Assert.Contains("2 pictures", page.Markup, StringComparison.Ordinal);

        Services.GetRequiredService<NavigationManager>().NavigateTo($"/runs/{run}/grid?cell=48x4");
        page.WaitForAssertion(() => Assert.StartsWith("48x4", page.Find("#cell-title").TextContent, StringComparison.Ordinal), Wait.Limit);
        Assert.Empty(page.FindAll(".figure"));
    }

    [Fact]
    public async Task Grid_UnknownRun_SaysSo()
    {
        var page = Render<GridPage>(p => p.Add(g => g.Id, "nowhere"));

        await page.WaitForAssertionAsync(() => Assert.Contains("There is no run nowhere.", page.Find("[role=alert]").TextContent, StringComparison.Ordinal), Wait.Limit);
    }

    [Fact]
    public async Task Choose_Budget_ShowsTheBestWithinItAndOffersToExtractIt()
    {
        var run = await EvaluatedRunAsync(("32x2", 60), ("32x4", 70), ("48x4", 80));
        var limit = SampleGrid.View().Costs["32x4"].Parameters;
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/runs/{run}/choose?parameters={limit}&latency=soon");

        var page = Render<ChoosePage>(p => p.Add(c => c.Id, run));

        page.WaitForAssertion(() => Assert.NotNull(Button(page, "Extract 32x4")), Wait.Limit);
        Assert.Contains("5 ms", page.Find(".invalid-feedback").TextContent, StringComparison.Ordinal);
        Assert.Equal(["32x4the choice", "32x2smallest", "32x3middle", "48x4intact"], page.FindAll("tbody tr td:first-child").Select(cell => cell.TextContent.Trim()));

        await Button(page, "Extract 32x4").ClickAsync();

        var work = await fixture.Executor.NextAsync("an extraction", lease => lease.Owner.Key == new ExtractionKey(run, 0, "32x4").ToString());
        await work.EndAsync(work.Reporter.CompletedAsync(new WorkCompletion { Model = new ExtractedModel("x", "ab", [new PublishedFile($"runs/{run}/subnetworks/0/32x4/model.safetensors", 2048, "cd")]) }));
        page.WaitForAssertion(() => Assert.Equal($"/api/v1/runs/{run}/subnetworks/0/32x4/files/model.safetensors", page.Find("a[download]").GetAttribute("href")), Wait.Limit);
    }

    [Fact]
    public async Task Choose_Search_MeasuresWhatItAsksForAndMarksWhatItPredicts()
    {
        var run = await EvaluatedRunAsync(("32x2", 60), ("32x4", 70), ("48x2", 66));
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/runs/{run}/choose");
        var page = Render<ChoosePage>(p => p.Add(c => c.Id, run));
        page.WaitForAssertion(() => Assert.False(Button(page, "Search").HasAttribute("disabled")), Wait.Limit);

        // In one go: the panel may be drawn anew at any time.
        await page.InvokeAsync(() => Button(page, "Search").ClickAsync());

        var search = Assert.Single(await poa.Searches.ListAsync(run)).SearchId;
        for (var round = 1; round <= 2; round++)
        {
            var work = await fixture.Executor.BatchAsync(SearchId.SweepOf(search, round));
            var name = Assert.Single(work.Evaluation.SubNetworks);
            await work.Reporter.ResultAsync([FakeWork.ResultOf(name, 80 + round)]);
            await work.CompleteAsync();
        }

        page.WaitForAssertion(() => Assert.Contains("its evaluations or latency measurements are spent", page.Markup, StringComparison.Ordinal), Wait.Limit);
        var last = await poa.Searches.GetAsync(search);
        Assert.Equal(("tester", 82.0), (last.Specification.CreatedBy, last.Choice!.Metric));
        Assert.StartsWith("predicted ", Assert.Single(page.FindAll("td span.fst-italic")).TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_TwoRuns_ShowsTheGridsInCommonAndTheKeysThatDiffer()
    {
        var first = await EvaluatedRunAsync(("32x2", 60), ("48x4", 80));
        var second = await EvaluatedRunAsync(("32x2", 65), ("32x3", 66));
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/compare?runs={first},{second}");

        var page = Render<ComparePage>();

        page.WaitForAssertion(() => Assert.Contains("1 sub-networks have the figure in both.", page.Markup, StringComparison.Ordinal), Wait.Limit);
        Assert.Contains("Both have the same configuration.", page.Markup, StringComparison.Ordinal);
    }

    private static AngleSharp.Dom.IElement Row<T>(IRenderedComponent<T> page, string name)
        where T : IComponent => page.FindAll("tbody tr").Single(row => row.QuerySelector("a")?.TextContent == name);

    private static AngleSharp.Dom.IElement Button<T>(IRenderedComponent<T> page, string text)
        where T : IComponent => page.FindAll("button").Single(button => button.TextContent.Trim() == text);

    private async Task<string> EvaluatedRunAsync(params (string Name, double Value)[] cells)
    {
        var run = await CompletedRunAsync();
        var sweep = (await poa.Sweeps.StartAsync(run, SampleGrid.Data, subNetworks: cells.Select(cell => cell.Name))).Specification.SweepId;
        var batch = await fixture.Executor.BatchAsync(sweep);
        await batch.Reporter.ResultAsync([.. cells.Select(cell => FakeWork.ResultOf(cell.Name, cell.Value))]);
        await batch.CompleteAsync();
        await poa.Sweeps.WaitAsync(sweep);
        return run;
    }

    private async Task<string> CompletedRunAsync()
    {
        var run = (await poa.Runs.StartAsync(SampleGrid.Configuration, "demo?split=train")).Specification.RunId;
        var training = await fixture.Executor.TrainingAsync(run);
        await training.CheckpointAsync(0);
        await training.CompleteAsync();
        await poa.Runs.WaitAsync(run);
        return run;
    }
}
