using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Poa.Actors.Abstractions;
using Poa.Actors.Dashboard.Pages.Sweeps;
using Poa.Actors.Dashboard.Security;
using Poa.Actors.Tests;

namespace Poa.Actors.Dashboard.Tests.Pages.Sweeps;

[Collection(OneDevice.Name)]
public sealed class SweepPagesTests(ClusterFixture cluster) : PageContext(cluster)
{
    [Fact]
    public async Task Sweep_OneFailed_OperatorRetriesOnlyIt()
    {
        SignIn(Role.Operator);
        var (sweep, work) = await HalfFailedAsync();
        var page = Draw<SweepDetailPage>(p => p.Add(s => s.Sweep, sweep));
        page.WaitForAssertion(() => Assert.Contains("It broke. Mend it. test-fault", Words(page.Find("tbody").TextContent)), Limit);
        Assert.Single(page.FindAll("tbody button"));

        await page.Find("[aria-label='Retry 96x4']").ClickAsync();

        var again = await Cluster.Executor.BatchAsync(sweep, after: work.Lease.FencingToken);
        Assert.Equal(["96x4"], again.Evaluation.SubNetworks);
        await again.ResultAsync("96x4");
        await again.CompleteAsync();
        page.WaitForAssertion(() => Assert.DoesNotContain("It broke.", page.Find("tbody").TextContent), Limit);
        page.WaitForAssertion(() => Assert.Contains("2 passes", page.Markup), Limit);
    }

    [Fact]
    public async Task Sweep_Viewer_SeesTheErrorAndNoCommand()
    {
        SignIn(Role.Viewer);
        var (sweep, _) = await HalfFailedAsync();

        var page = Draw<SweepDetailPage>(p => p.Add(s => s.Sweep, sweep));

        page.WaitForAssertion(() => Assert.Contains("It broke.", page.Markup), Limit);
        Assert.DoesNotContain(page.FindAll("button"), button => button.TextContent.Contains("Retry"));
    }

    [Fact]
    public async Task Sweep_StateInTheAddress_ShowsOnlyThose()
    {
        SignIn(Role.Viewer);
        var (sweep, _) = await HalfFailedAsync();
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/sweeps/{sweep}?state=Completed");

        var page = Draw<SweepDetailPage>(p => p.Add(s => s.Sweep, sweep));

        page.WaitForAssertion(() => Assert.Contains("48x2", page.Find("tbody").TextContent), Limit);
        Assert.DoesNotContain("96x4", page.Find("tbody").TextContent);
    }

    [Fact]
    public void Sweep_Unknown_SaysSoWithRemedy()
    {
        SignIn(Role.Viewer);

        var page = Draw<SweepDetailPage>(p => p.Add(s => s.Sweep, "no-such-sweep"));

        page.WaitForAssertion(() => Assert.Contains(ErrorCodes.SweepNotFound, page.Find(".alert").TextContent), Limit);
    }

    [Fact]
    public async Task Sweeps_FilteredByRun_ListsItsSweepsWithCounts()
    {
        SignIn(Role.Viewer);
        var (sweep, _) = await HalfFailedAsync();
        var run = (await Poa.Sweeps.GetAsync(sweep)).Specification.Run;
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/sweeps?run={run}");

        var page = Draw<SweepsPage>();

        page.WaitForAssertion(() => Assert.Contains(sweep, page.Find("table[aria-label=Sweeps] tbody").TextContent), Limit);
        Assert.Contains("1 of 2, 1 failed", page.Find("table[aria-label=Sweeps]").TextContent);
        Assert.Contains("Some failed (1)", page.Find("select").TextContent);
    }

    [Fact]
    public void Sweeps_NothingFits_SaysWhatToDo()
    {
        SignIn(Role.Viewer);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/sweeps?text=no-such-sweep-anywhere");

        var page = Draw<SweepsPage>();

        page.WaitForAssertion(() => Assert.Contains("show all sweeps", page.Markup), Limit);
    }

    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private async Task<(string Sweep, FakeWork Work)> HalfFailedAsync()
    {
        var run = await Specifications.PausedRunAsync(Cluster);
        var specification = Specifications.Sweep(run.GetPrimaryKeyString(), "48x2", "96x4");
        var sweep = Cluster.Client.GetGrain<IEvaluationSweepGrain>(specification.SweepId);
        await sweep.StartAsync(specification);
        var work = await Cluster.Executor.BatchAsync(specification.SweepId);
        await work.ResultAsync("48x2");
        await work.FailAsync(retryable: false);
        await sweep.UntilFinishedAsync();
        return (specification.SweepId, work);
    }
}
