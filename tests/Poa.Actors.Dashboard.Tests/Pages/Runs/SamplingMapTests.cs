using Poa.Actors.Dashboard.Pages.Runs;
using Poa.Elastic;

namespace Poa.Actors.Dashboard.Tests.Pages.Runs;

public sealed class SamplingMapTests
{
    [Fact]
    public void Of_SomeDraws_CountsEverySubNetwork()
    {
        var grid = ConfigurationPresets.Load("demo").Grid();
        var (first, last) = (grid.SubNetworks[0].ToString(), grid.SubNetworks[1].ToString());

        var map = SamplingMap.Of(grid, new Dictionary<string, long> { [first] = 3, [last] = 5 });

        Assert.Equal((8, grid.SubNetworks.Count, 0, 5), (map.Steps, map.SubNetworks, map.Least, map.Most));
        Assert.Equal(grid.SubNetworks.Count, map.Cells.Count);
        Assert.Equal(3, map.Cells[0].Value);
        Assert.Equal((grid.Widths.Count, grid.Depths.Count), (map.Widths.Count, map.Depths.Count));
    }
}
