using Poa.Actors.Abstractions;
using Poa.Cli.Rendering;
using Xunit;

namespace Poa.Cli.Tests.Rendering;

public sealed class WorkerTableTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddHours(1);
    private static readonly ShardVitals Vitals = new(0.42, 6_000_000_000, 24_000_000_000, 900_000_000, 77, "host", "1.0", DateTimeOffset.UnixEpoch);
    private static readonly ShardStanding Free = new("local/cpu", new DeviceDescription("cpu", "2 threads"), Now.AddSeconds(-2), null, false, Vitals);

    [Fact]
    public void Lines_WorkingShard_ShowsLoadMemoryWorkAndSince()
    {
        var working = Free with { WorkId = "train/run-1/0", LeaseSince = Now.AddSeconds(-125) };

        var line = WorkerTable.Lines([working], Now).Last();

        Assert.Equal("local/cpu  working  42 %  6.0 GB of 24.0 GB  900.0 MB  0:02  2:05  train/run-1/0  2 threads", line);
    }

    [Fact]
    public void Lines_LostShard_ShowsNoStaleFigures()
    {
        var line = WorkerTable.Lines([Free with { IsLost = true, LastSeen = Now.AddMinutes(-3) }], Now).Last();

        Assert.DoesNotContain("42 %", line, StringComparison.Ordinal);
        Assert.Contains("3:00", line, StringComparison.Ordinal);
    }

    [Fact]
    public void State_EachCase_HasItsWord()
    {
        Assert.Equal("free", WorkerTable.State(Free));
        Assert.Equal("working", WorkerTable.State(Free with { WorkId = "w" }));
        Assert.Equal("draining", WorkerTable.State(Free with { WorkId = "w", IsDraining = true }));
        Assert.Equal("drained", WorkerTable.State(Free with { IsDraining = true }));
        Assert.Equal("lost", WorkerTable.State(Free with { IsDraining = true, IsLost = true }));
    }
}
