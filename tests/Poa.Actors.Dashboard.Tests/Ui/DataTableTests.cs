using Bunit;
using Microsoft.AspNetCore.Components.QuickGrid;
using Poa.Actors.Dashboard.Ui;

namespace Poa.Actors.Dashboard.Tests.Ui;

public sealed class DataTableTests : BunitContext
{
    public DataTableTests() => JSInterop.Mode = JSRuntimeMode.Loose;

    [Fact]
    public void Render_TwoItems_DrawsARowForEach()
    {
        var table = Draw(["first", "second"]);

        Assert.Equal(["first", "second"], Rows(table));
    }

    [Fact]
    public void Render_Null_SaysThatItLoads() => Assert.Contains("Loading", Draw(null).Find("[role=status]").TextContent);

    [Fact]
    public void Render_NoItems_ShowsWhatToDo()
    {
        var table = Draw([], p => p.Add(t => t.Empty, "<p id='next'>start one</p>"));

        Assert.Equal("start one", table.Find("#next").TextContent);
        Assert.Empty(table.FindAll("table"));
    }

    [Fact]
    public void Render_Markup_IsShownAsText() => Assert.Equal(["<b>x</b>"], Rows(Draw(["<b>x</b>"])));

    [Fact]
    public void Sort_ImmutableArray_ReversesTheRows()
    {
        // An immutable array behind an interface is a boxed struct: queries over it once failed.
        var table = Draw(ImmutableArray.Create("a", "b", "c"));

        table.Find("button.col-title").Click();
        table.Find("button.col-title").Click();

        Assert.Equal(["c", "b", "a"], Rows(table));
    }

    [Fact]
    public void Page_AllItemsGiven_TheTablePagesByItself()
    {
        var table = Draw([.. Enumerable.Range(0, 12).Select(i => $"row {i:00}")], p => p.Add(t => t.PageSize, 5));
        Assert.Equal(5, Rows(table).Count);
        Assert.Contains("1–5 of 12", table.Find(".paginator").TextContent);

        table.Find(".go-last").Click();

        Assert.Equal(["row 10", "row 11"], Rows(table));
    }

    [Fact]
    public void Page_OnePageOfALongerList_AsksItsOwner()
    {
        TableRequest? asked = null;
        var table = Draw(["a", "b"], p => p.Add(t => t.PageSize, 2).Add(t => t.Total, 6).Add(t => t.OnRequest, request => asked = request));

        table.Find(".go-next").Click();

        Assert.Equal(new TableRequest(Page: 1), asked);
    }

    [Fact]
    public void Sort_OnePageOfALongerList_AsksItsOwnerForTheFirstPage()
    {
        TableRequest? asked = null;
        var table = Draw(
            ["e", "f"], p => p.Add(t => t.PageSize, 2).Add(t => t.Total, 6).Add(t => t.Request, new TableRequest(2)).Add(t => t.OnRequest, request => asked = request));

        table.Find("button.col-title").Click();

        Assert.Equal(new TableRequest(0, "Name", Ascending: true), asked);
    }

    [Fact]
    public void Select_AllOnPage_KeepsThoseOfOtherPages()
    {
        IReadOnlySet<string>? selected = null;
        var table = Draw(
            ["a", "b", "c"],
            p => p.Add(t => t.PageSize, 2).Add(t => t.Selectable, true).Add(t => t.Selected, new HashSet<string> { "c" })
                .Add(t => t.SelectedChanged, keys => selected = keys));

        table.Find("thead input").Change(true);

        Assert.Equal(["a", "b", "c"], selected!.Order());
    }

    [Fact]
    public void Select_OneRowOff_TakesOnlyIt()
    {
        IReadOnlySet<string>? selected = null;
        var table = Draw(
            ["a", "b"], p => p.Add(t => t.Selectable, true).Add(t => t.Selected, new HashSet<string> { "a", "b" }).Add(t => t.SelectedChanged, keys => selected = keys));

        table.Find("tbody input").Change(false);

        Assert.Equal(["b"], selected);
    }

    private static IReadOnlyList<string> Rows(IRenderedComponent<DataTable<string>> table) =>
        [.. table.FindAll("tbody tr").Select(row => row.TextContent.Trim()).Where(text => text.Length > 0)];

    private IRenderedComponent<DataTable<string>> Draw(
        IReadOnlyList<string>? items, Action<ComponentParameterCollectionBuilder<DataTable<string>>>? more = null) =>
        Render<DataTable<string>>(p =>
        {
            p.Add(t => t.Items, items).Add(t => t.Caption, "Things").Add(t => t.ItemKey, item => item)
                .Add<PropertyColumn<string, string>>(t => t.ChildContent!, column => column.Add(c => c.Property, text => text).Add(c => c.Title, "Name").Add(c => c.Sortable, true));
            more?.Invoke(p);
        });
}
