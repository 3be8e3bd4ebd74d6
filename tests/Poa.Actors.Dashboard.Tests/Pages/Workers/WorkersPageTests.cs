using Bunit;
using Poa.Actors.Dashboard.Pages.Workers;
using Poa.Actors.Dashboard.Security;
using Poa.Actors.Tests;

namespace Poa.Actors.Dashboard.Tests.Pages.Workers;

[Collection(OneDevice.Name)]
public sealed class WorkersPageTests(ClusterFixture cluster) : PageContext(cluster)
{
    private const string Shard = "local/cpu";

    [Fact]
    public async Task Drain_Confirmed_TakesTheWorkerOutUntilItIsResumed()
    {
        SignIn(Role.Operator);
        await Poa.Workers.ResumeAsync(Shard);
        var page = Draw<WorkersPage>();
        page.WaitForAssertion(() => Assert.Equal("Drain", page.Find(".card-header button").TextContent.Trim()), Limit);

        await page.Find(".card-header button").ClickAsync();
        Assert.False(Assert.Single(await Poa.Workers.ListAsync(), s => s.Shard == Shard).IsDrainedByOperator);
        await page.Find(".modal-footer .btn-primary").ClickAsync();

        page.WaitForAssertion(() => Assert.Contains("Resume", page.Find(".card-header").TextContent), Limit);
        Assert.True(Assert.Single(await Poa.Workers.ListAsync(), s => s.Shard == Shard).IsDrainedByOperator);
        await page.Find(".card-header button").ClickAsync();
        page.WaitForAssertion(() => Assert.Contains("Drain", page.Find(".card-header").TextContent), Limit);
        Assert.False(Assert.Single(await Poa.Workers.ListAsync(), s => s.Shard == Shard).IsDrainedByOperator);
    }

    [Fact]
    public void Card_Viewer_ShowsTheDeviceAndNoCommand()
    {
        SignIn(Role.Viewer);

        var page = Draw<WorkersPage>();

        page.WaitForAssertion(() => Assert.Contains("a device that only waits", page.Markup), Limit);
        Assert.Empty(page.FindAll(".card button"));
    }

    [Fact]
    public void Card_Lost_SaysSo()
    {
        SignIn(Role.Viewer);
        var shard = new Abstractions.ShardStanding("far/cuda:0", new("cuda:0", "H200"), DateTimeOffset.UnixEpoch, null, IsDraining: false, IsLost: true);

        Assert.Contains("Lost", Render<ShardCard>(p => p.Add(c => c.Shard, shard)).Find(".badge").TextContent);
    }
}
