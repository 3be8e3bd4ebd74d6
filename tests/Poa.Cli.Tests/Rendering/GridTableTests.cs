using Poa.Cli.Rendering;
using Poa.Elastic;
using Xunit;

namespace Poa.Cli.Tests.Rendering;

public sealed class GridTableTests
{
    private static readonly SubNetwork[] Grid = [new(48, 2), new(48, 3), new(96, 2), new(96, 3)];

    [Fact]
    public void Lines_TwoPanelsThatFit_StandSideBySide()
    {
        var lines = GridTable.Lines(Grid, [new("trained", s => $"{s.Width}.{s.Depth}"), new("untrained", _ => "1.0")], 80).ToArray();

        Assert.Equal(
            [
                "          trained       untrained",
                "  depth     2     3        2     3",
                "  width  ----  ----     ----  ----",
                "     48  48.2  48.3      1.0   1.0",
                "     96  96.2  96.3      1.0   1.0",
            ],
            lines);
    }

    [Fact]
    public void Lines_PanelsTooWideForTheLine_StandBelowEachOther()
    {
        var lines = GridTable.Lines(Grid, [new("a", _ => "1.0"), new("b", _ => "2.0")], 24).ToArray();

        Assert.Equal(11, lines.Length);
        Assert.Equal("", lines[5]);
    }

    [Fact]
    public void Lines_DepthsStageByStage_StandDown()
    {
        SubNetwork[] grid = [new(64, new(3, 4, 6, 3)), new(64, new(3, 4, 36, 3)), new(96, new(3, 4, 6, 3))];

        Assert.Equal(
            [
                "                a",
                "     width    64    96",
                "     depth  ----  ----",
                "   3-4-6-3  64.0  96.0",
                "  3-4-36-3  64.0     .",
            ],
            GridTable.Lines(grid, [new("a", s => $"{s.Width}.0")], 80));
    }

    [Fact]
    public void Lines_HoleInTheGrid_ShowsADot()
    {
        var lines = GridTable.Lines(Grid[..3], [new("a", _ => "1.0")], 80).ToArray();

        Assert.Equal("     96   1.0     .", lines[^1]);
    }
}
