using Poa.Actors.Client;
using Poa.Actors.Dashboard.Pages.Grid;
using Poa.Elastic;

namespace Poa.Actors.Dashboard.Tests.Pages.Grid;

public sealed class GridMapTests
{
    [Fact]
    public void Cells_FailedAndMissing_HaveNoValueAndAreMarkedApart()
    {
        var view = SampleGrid.View(SampleGrid.Knn(("32x2", 60.04), ("32x3", double.NaN)));

        var cells = GridMap.Cells(view, GridFigure.Of(view.Measurements[0])).ToDictionary(cell => GridMap.Name(cell.Place));

        Assert.Equal((60.04, "60.0"), (cells["32x2"].Value, cells["32x2"].Text));
        Assert.Equal((null, "✕"), (cells["32x3"].Value, cells["32x3"].Text));
        Assert.Contains("It broke.", cells["32x3"].Tooltip, StringComparison.Ordinal);
        Assert.Equal((null, ""), (cells["48x4"].Value, cells["48x4"].Text));
        Assert.Contains("device cpu", cells["32x2"].Tooltip, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("demo", "Width (channels)", "Depth (blocks)")]
    [InlineData("swin-ee1200", "Width (channels of stage 1)", "Depth (blocks of stage 3)")]
    [InlineData("resnet-ee2400", "Width (middle channels of stage 1)", "Depth (blocks of each stage)")]
    public void Place_EveryCellOfEveryFamily_LiesOnTheAxesAndGivesItsName(string preset, string width, string depth)
    {
        var grid = ConfigurationPresets.Load(preset).Grid();
        var (columns, rows) = (GridMap.Widths(grid).ToHashSet(), GridMap.Depths(grid).ToHashSet());

        Assert.Equal(grid.SubNetworks.Count, columns.Count * rows.Count);
        Assert.All(grid.SubNetworks, cell =>
        {
            var place = GridMap.Place(cell);
            Assert.True(columns.Contains(place.Column) && rows.Contains(place.Row));
            Assert.Equal(cell, grid.Parse(GridMap.Name(place)));
            Assert.Equal(cell.ToString(), Uri.EscapeDataString(GridMap.Name(place)));
        });
        Assert.Equal((width, depth), (GridMap.WidthTitle(grid), GridMap.DepthTitle(grid)));
        Assert.Equal(columns.Count, GridSelection.None.ToggleDepth(grid, grid.Depths[^1]).Count);
    }

    [Fact]
    public void Difference_SomeInCommon_IsOfThoseOnly()
    {
        var left = SampleGrid.View(SampleGrid.Knn(("32x2", 60), ("32x3", 61), ("48x4", 70)));
        var right = SampleGrid.View(SampleGrid.Knn(("32x2", 62), ("48x4", 65), ("48x3", 1)));

        var cells = GridMap.Difference(left, GridFigure.Of(left.Measurements[0]), right, GridFigure.Of(right.Measurements[0]));

        Assert.Equal([("32x2", -2.0, "-2.0"), ("48x4", 5.0, "+5.0")], cells.Select(cell => (GridMap.Name(cell.Place), cell.Value!.Value, cell.Text)));
    }
}
