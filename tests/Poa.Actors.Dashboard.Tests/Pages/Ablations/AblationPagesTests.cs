using Bunit;
using Poa.Actors.Abstractions;
using Poa.Actors.Dashboard.Pages.Ablations;
using Poa.Actors.Dashboard.Security;
using Poa.Actors.Tests;
using Poa.Elastic;

namespace Poa.Actors.Dashboard.Tests.Pages.Ablations;

[Collection(OneDevice.Name)]
public sealed class AblationPagesTests(ClusterFixture cluster) : PageContext(cluster)
{
    private static readonly AblationRow[] Rows = [new("whole", "the whole", []), new("half", "half of it", ["dino.lambda_ie=0.5"])];

    [Fact]
    public async Task Ablation_WhileItRuns_TheTableFillsAndAFailedRunShowsItsReason()
    {
        SignIn(Role.Operator);
        var id = await StartAsync();
        var page = Draw<AblationPage>(p => p.Add(a => a.Id, id));
        page.WaitForAssertion(() => Assert.Contains("0 of 2 runs done", page.Markup), Limit);
        Assert.Equal(["the whole", "half of it dino.lambda_ie=0.5"], page.FindAll("tbody th").Select(row => Words(row.TextContent)));
        Assert.All(page.FindAll("section tbody td"), cell => Assert.Equal("–", cell.TextContent));

        await (await Cluster.Executor.TrainingAsync(AblationId.RunOf(id, "whole", 0))).FailAsync(retryable: false);
        var second = await Cluster.Executor.TrainingAsync(AblationId.RunOf(id, "half", 0));
        await second.CheckpointAsync(100);
        await second.CompleteAsync();
        var sweep = await Cluster.Executor.BatchAsync(AblationId.SweepOf(AblationId.RunOf(id, "half", 0)));
        await sweep.Reporter.ResultAsync([FakeWork.ResultOf("48x2", 71.25), FakeWork.ResultOf("96x5", 76)]);
        await sweep.CompleteAsync();

        page.WaitForAssertion(() => Assert.Equal(["–", "–", "71.25", "76.00"], page.FindAll("section tbody td").Select(cell => cell.TextContent)), Limit);
        page.WaitForAssertion(() => Assert.Contains("Some failed", page.Markup), Limit);
        Assert.Contains("It broke. Mend it. test-fault", Words(page.Find("table[aria-label='Runs of the ablation']").TextContent));

        var list = Draw<AblationsPage>();
        list.WaitForAssertion(() => Assert.Contains("1 of 2 runs, 1 failed", list.Markup), Limit);
    }

    [Fact]
    public async Task Ablation_Viewer_SeesNoCommand()
    {
        SignIn(Role.Viewer);
        var id = await StartAsync();

        var page = Draw<AblationPage>(p => p.Add(a => a.Id, id));

        page.WaitForAssertion(() => Assert.Contains("0 of 2 runs done", page.Markup), Limit);
        Assert.DoesNotContain(page.FindAll("button"), button => button.TextContent.Contains("Cancel"));
        var work = await Cluster.Executor.TrainingAsync(AblationId.RunOf(id, "whole", 0));
        await Poa.Ablations.CancelAsync(id);
        await work.StopAsAskedAsync(await work.StopRequestedAsync());
        await Poa.Ablations.WaitAsync(id).WaitAsync(Wait.Limit);
    }

    private async Task<string> StartAsync() => (await Poa.Ablations.StartAsync(
        "Parts", ConfigurationPresets.Load("demo"), Rows, "demo?split=train", new EvaluationData("demo?split=train", "demo?split=test"), seeds: 1,
        subNetworks: ["smallest", "intact"])).Specification.AblationId;

    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
