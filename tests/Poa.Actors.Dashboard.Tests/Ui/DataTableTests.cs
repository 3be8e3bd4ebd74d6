using Bunit;
using Microsoft.AspNetCore.Components.QuickGrid;
using Poa.Actors.Dashboard.Ui;

namespace Poa.Actors.Dashboard.Tests.Ui;

public sealed class DataTableTests : BunitContext
{
    [Fact]
    public void Render_TwoItems_DrawsARowForEach()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        var table = Render<DataTable<string>>(p => p
            .Add(t => t.Items, ["first", "second"])
            .Add(t => t.Caption, "Things")
            .Add<PropertyColumn<string, string>>(t => t.ChildContent!, column => column.Add(c => c.Property, text => text)));

        Assert.Equal(["first", "second"], table.FindAll("tbody tr").Select(row => row.TextContent.Trim()));
    }
}
