using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Audit;

/// <summary>One log for the whole cluster: tests find their own entries by a text.</summary>
public sealed class AuditLogTests(ClusterFixture fixture)
{
    private IAuditLogGrain Log => fixture.Client.GetGrain<IAuditLogGrain>(0);

    [Fact]
    public async Task Append_ManyAtOnceOverPages_NumberedWithoutGapsAndFoundNewestFirst()
    {
        var tag = Specifications.NewId("audit");
        var appended = await Task.WhenAll(Enumerable.Range(0, AuditPageGrain.Capacity + 20).Select(i => Log.AppendAsync(Entry(tag, $"target {i}"))));
        Assert.Equal(appended.Length, appended.Select(entry => entry.Sequence).Distinct().Count());

        await fixture.Cluster.DeactivateAsync(Log);
        var read = new List<AuditEntry>();
        for (long? before = long.MaxValue; before is not null;)
        {
            var page = await Log.QueryAsync(new AuditQuery { Before = before, Text = tag, Limit = 100 });
            read.AddRange(page.Entries);
            before = page.NextBefore;
        }

        Assert.Equal(appended.Select(entry => entry.Sequence).OrderDescending(), read.Select(entry => entry.Sequence));
        var all = new List<long>();
        for (long? before = null; ;)
        {
            var page = await Log.QueryAsync(new AuditQuery { Before = before, Limit = AuditQuery.MaxLimit });
            all.AddRange(page.Entries.Select(entry => entry.Sequence));
            before = page.NextBefore;
            if (before is null)
            {
                break;
            }
        }

        Assert.Equal(Enumerable.Range(1, all.Count).Select(i => (long)i).Reverse(), all);
    }

    [Fact]
    public async Task Append_Acknowledged_IsStored()
    {
        var tag = Specifications.NewId("audit");
        var entry = await Log.AppendAsync(Entry(tag, "one"));
        await fixture.Cluster.DeactivateAsync(fixture.Client.GetGrain<IAuditPageGrain>((entry.Sequence - 1) / AuditPageGrain.Capacity));
        await fixture.Cluster.DeactivateAsync(Log);
        Assert.Equal(entry, Assert.Single((await Log.QueryAsync(new AuditQuery { Text = tag })).Entries));
        Assert.True(entry.Time > DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public async Task Query_Filters_AllMustHold()
    {
        var tag = Specifications.NewId("audit");
        await Log.AppendAsync(Entry(tag, "a"));
        await Log.AppendAsync(Entry(tag, "b") with { User = "Bob", Outcome = AuditOutcome.Refused });
        await Log.AppendAsync(Entry(tag, "c") with { User = "Bob", Command = "run.pause" });
        async Task<string> TargetsAsync(AuditQuery query) =>
            string.Concat((await Log.QueryAsync(query with { Text = tag.ToUpperInvariant() })).Entries.Select(entry => entry.Target[^1]));
        Assert.Equal("cba", await TargetsAsync(new AuditQuery()));
        Assert.Equal("cb", await TargetsAsync(new AuditQuery { User = "bob" }));
        Assert.Equal("b", await TargetsAsync(new AuditQuery { User = "bob", Command = "RUN.CANCEL" }));
        Assert.Equal("", await TargetsAsync(new AuditQuery { User = "bo" }));
    }

    [Fact]
    public async Task Append_LongTexts_Cut()
    {
        var entry = await Log.AppendAsync(Entry("cut", new string('t', 5000)) with { Detail = new string('d', AuditEntry.MaxDetail - 1) + "\U0001F600" });
        Assert.Equal((AuditEntry.MaxText, AuditEntry.MaxDetail - 1), (entry.Target.Length, entry.Detail.Length));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(AuditQuery.MaxLimit + 1)]
    public async Task Query_LimitOutOfRange_Refused(int limit) => Assert.Equal(
        ErrorCodes.InvalidArgument, (await Assert.ThrowsAsync<PoaException>(() => Log.QueryAsync(new AuditQuery { Limit = limit }))).Code);

    private static AuditEntry Entry(string tag, string target) =>
        new() { User = "ann", Role = "operator", Command = "run.cancel", Target = target, Detail = $"test {tag}", Address = "127.0.0.1" };
}
