using Poa.Actors.Database;
using Poa.Cli.Doctor;
using Poa.Cli.Doctor.Cluster;
using Poa.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Poa.Cli.Tests.Doctor;

/// <summary>What the doctor makes of a cluster of which parts are broken.</summary>
public sealed class ClusterChecksTests(PostgresServer server)
{
    [Fact]
    public async Task Run_TablesAreMissing_EachIsAFindingAndTheOthersAreKept()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var address = ClusterAddress.Parse(await server.NewDatabaseAsync());
        await new PostgresDatabase(address).InitAsync(cancellationToken);
        await server.ExecuteAsync(address.Database, "DROP TABLE OrleansMembershipTable, OrleansRemindersTable CASCADE;");

        var found = (await ClusterChecks.RunAsync(address, TimeProvider.System, cancellationToken)).Where(check => check.Name != "blobs").ToList();
        Assert.Equal(
            [("database", CheckStatus.Ok), ("clock", CheckStatus.Ok), ("membership", CheckStatus.Failed), ("control", CheckStatus.Failed), ("reminders", CheckStatus.Failed)],
            found.Select(check => (check.Name, check.Status)));
        Assert.Contains("orleansmembershiptable", found[2].Detail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("orleansreminderstable", found[4].Detail, StringComparison.OrdinalIgnoreCase);
    }
}
