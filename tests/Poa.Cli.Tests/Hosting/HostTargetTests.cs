using Poa.Actors.Database;
using Poa.Cli.Hosting;
using Xunit;

namespace Poa.Cli.Tests.Hosting;

public sealed class HostTargetTests
{
    [Theory]
    [InlineData(null, null, false)]
    [InlineData(null, "Host=db;Database=poa", true)]
    [InlineData("/asked", "Host=db;Database=poa", false)] // who names a folder means it
    public void Resolve_FolderAskedForOrClusterInTheEnvironment_TheFolderGoesFirst(string? asked, string? database, bool isCluster)
    {
        var target = HostTarget.Resolve(asked, name => name switch
        {
            ClusterAddress.DatabaseVariable => database,
            "POA_HOME" => "/variable",
            _ => null,
        });
        Assert.Equal((isCluster, asked ?? "/variable"), (target.Cluster is not null, target.Home));
    }
}
