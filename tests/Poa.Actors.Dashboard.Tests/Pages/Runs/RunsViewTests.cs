using Poa.Actors.Abstractions;
using Poa.Actors.Dashboard.Pages.Runs;
using Poa.Actors.Dashboard.Ui;

namespace Poa.Actors.Dashboard.Tests.Pages.Runs;

public sealed class RunsViewTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/?state=running")]
    [InlineData("/?q=a%20b%26c")]
    [InlineData("/?sort=-loss")]
    [InlineData("/?sort=created")]
    [InlineData("/?state=failed&q=x&sort=name&page=3")]
    public void Address_OfAParsedAddress_IsTheSame(string address)
    {
        var query = address.Split('?').ElementAtOrDefault(1)?.Split('&').Select(part => part.Split('=')).ToDictionary(part => part[0], part => Uri.UnescapeDataString(part[1])) ?? [];
        var view = RunsView.Parse(query.GetValueOrDefault("state"), query.GetValueOrDefault("q"), query.GetValueOrDefault("sort"), query.TryGetValue("page", out var page) ? int.Parse(page) : null);

        Assert.Equal(address, view.Address());
    }

    [Fact]
    public void Parse_Nonsense_IsTheWholeListNewestFirst() =>
        Assert.Equal(new RunsView(), RunsView.Parse("flying", "  ", "-colour", -4));

    [Fact]
    public void Query_SecondPageOfRunningRunsByLoss_AsksForThem()
    {
        var query = RunsView.Parse("running", null, "loss", 2).Query();

        Assert.Equal([RunStatus.Running], query.Statuses);
        Assert.Equal((CatalogSort.Loss, true, RunsView.PageSize, RunsView.PageSize), (query.Sort, query.Ascending, query.Offset, query.Limit));
        Assert.Null(query.Text);
    }

    [Fact]
    public void With_EveryColumn_ComesBackAsTheTablesRequest()
    {
        foreach (var title in RunsView.Columns.Keys)
        {
            var asked = new TableRequest(0, title, Ascending: true);
            Assert.Equal(asked, new RunsView().With(asked).Request());
        }
    }

    [Fact]
    public void Filters_ChosenStateWithoutRuns_StaysToBeSeen()
    {
        var filters = new RunsView { Status = RunStatus.Failed }.Filters(new Dictionary<RunStatus, int> { [RunStatus.Completed] = 3 });

        Assert.Equal([(RunStatus.Completed, 3), (RunStatus.Failed, 0)], filters);
    }
}
