using Poa.Actors.Client;
using Poa.Actors.Dashboard.Pages.Grid;

namespace Poa.Actors.Dashboard.Tests.Pages.Grid;

public sealed class GridSelectionTests
{
    private static readonly GridView View = SampleGrid.View(SampleGrid.Knn(("32x2", 60), ("32x4", 70), ("48x2", 65), ("48x4", 75)));

    private static GridFigure Knn => GridFigure.Of(View.Measurements[0]);

    [Fact]
    public void ToggleWidth_Twice_SelectsTheColumnAndClearsIt()
    {
        var column = GridSelection.None.ToggleWidth(View.Grid, 32);

        Assert.Equal(["32x2", "32x3", "32x4"], column.Names.Order());
        Assert.Equal(0, column.ToggleWidth(View.Grid, 32).Count);
    }

    [Fact]
    public void ToggleDepth_PartlySelected_FillsTheRow() =>
        Assert.Equal(["32x3", "48x3"], GridSelection.Of(["48x3"]).ToggleDepth(View.Grid, 3).Names.Order());

    [Fact]
    public void Front_SomeMissing_IsOfTheMeasuredByParameters()
    {
        string[] measured = ["32x2", "32x4", "48x2", "48x4"];
        var expected = measured.Where(name => !measured.Any(other =>
            View.Costs[other].Parameters < View.Costs[name].Parameters && Knn.Value(other) > Knn.Value(name)));

        Assert.Equal(expected.Order(), GridSelection.Front(View, Knn).Names.Order());
    }

    [Fact]
    public void Missing_SomeMeasured_AreTheOthers() => Assert.Equal(["32x3", "48x3"], GridSelection.Missing(View, Knn).Names.Order());

    [Fact]
    public void All_Grid_IsEveryCell() => Assert.Equal(View.Costs.Count, GridSelection.All(View.Grid).Count);
}
