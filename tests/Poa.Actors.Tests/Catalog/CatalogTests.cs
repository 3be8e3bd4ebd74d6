using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Catalog;

public sealed class CatalogTests(ClusterFixture fixture)
{
    private IRunCatalogGrain Catalog => fixture.Client.GetGrain<IRunCatalogGrain>(0);

    [Fact]
    public async Task List_Filters_AllMustHold()
    {
        var tag = Specifications.NewId("tag");
        await Catalog.PutAsync(Entry($"{tag}-a", RunStatus.Running, day: 1, ("team", "x")));
        await Catalog.PutAsync(Entry($"{tag}-b", RunStatus.Completed, day: 2, ("team", "x")));
        await Catalog.PutAsync(Entry($"{tag}-c", RunStatus.Completed, day: 3, ("team", "y")));

        async Task<IEnumerable<string>> IdsAsync(CatalogQuery query) => (await Catalog.ListAsync(query with { Text = tag.ToUpperInvariant() })).Select(e => e.RunId[^1..]);
        Assert.Equal(["c", "b", "a"], await IdsAsync(new CatalogQuery()));
        Assert.Equal(["c", "b"], await IdsAsync(new CatalogQuery { Statuses = [RunStatus.Completed] }));
        Assert.Equal(["b", "a"], await IdsAsync(new CatalogQuery { Labels = ImmutableDictionary<string, string>.Empty.Add("team", "x") }));
        Assert.Equal(["c"], await IdsAsync(new CatalogQuery { Limit = 1 }));
    }

    [Fact]
    public async Task Put_OlderEntryLate_Ignored()
    {
        var id = Specifications.NewId();
        await Catalog.PutAsync(Entry(id, RunStatus.Completed, day: 1) with { Version = 5 });
        await Catalog.PutAsync(Entry(id, RunStatus.Running, day: 1) with { Version = 4 });
        Assert.Equal(RunStatus.Completed, Assert.Single(await Catalog.ListAsync(new CatalogQuery { Text = id })).Status);
    }

    [Fact]
    public async Task Query_FilterOnState_CountsOfAllStatesAndTotalOfThisOne()
    {
        var tag = Specifications.NewId("tag");
        for (var i = 0; i < 5; i++)
        {
            await Catalog.PutAsync(Entry($"{tag}-{i}", i < 3 ? RunStatus.Completed : RunStatus.Failed, day: i));
        }

        var page = await Catalog.QueryAsync(new CatalogQuery { Text = tag, Statuses = [RunStatus.Completed], Offset = 1, Limit = 1 });
        Assert.Equal(3, page.Total);
        Assert.Equal([(RunStatus.Completed, 3), (RunStatus.Failed, 2)], page.Counts.OrderBy(c => c.Key).Select(c => (c.Key, c.Value)));
        Assert.Equal($"{tag}-1", Assert.Single(page.Entries).RunId);
    }

    [Theory]
    [InlineData(CatalogSort.Created, "cba")]
    [InlineData(CatalogSort.Name, "bac")]
    [InlineData(CatalogSort.Status, "acb")]
    [InlineData(CatalogSort.Progress, "bac")]
    [InlineData(CatalogSort.Loss, "abc")]
    [InlineData(CatalogSort.ImagesPerSecond, "bac")]
    public void Page_Sorted_DescendingAndAscendingWithMissingValuesLast(CatalogSort sort, string descending)
    {
        CatalogEntry[] entries =
        [
            Entry("a", RunStatus.Failed, 1) with { Name = "beta", Progress = new WorkProgress { Done = 1, Total = 4, Loss = 9, ImagesPerSecond = 1 } },
            Entry("b", RunStatus.Created, 2) with { Name = "Gamma", Progress = new WorkProgress { Done = 2, Total = 4, Loss = 3, ImagesPerSecond = 2 } },
            Entry("c", RunStatus.Completed, 3) with { Name = "alpha", Progress = sort == CatalogSort.Loss ? new WorkProgress { Done = 0, Total = 0, Loss = double.NaN } : null },
        ];
        string Ids(bool ascending) => string.Concat(
            CatalogQueries.Page(entries, new CatalogQuery { Sort = sort, Ascending = ascending }).Entries.Select(e => e.RunId));
        Assert.Equal(descending, Ids(ascending: false));
        var valueless = sort is CatalogSort.Progress or CatalogSort.Loss or CatalogSort.ImagesPerSecond;
        var reversed = string.Concat(descending.Take(valueless ? 2 : 3).Reverse());
        Assert.Equal(valueless ? reversed + "c" : reversed, Ids(ascending: true));
    }

    [Fact]
    public async Task Query_NegativePage_RefusedWithTheValue()
    {
        var e = await Assert.ThrowsAsync<PoaException>(() => Catalog.QueryAsync(new CatalogQuery { Offset = -3 }));
        Assert.Equal(ErrorCodes.InvalidArgument, e.Code);
        Assert.Contains("-3", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_ListedRun_SeenWithoutAWrite()
    {
        var entry = Entry(Specifications.NewId(), RunStatus.Running, day: 1);
        await Catalog.PutAsync(entry);
        var writes = fixture.Storage.WritesOf(Catalog.GetGrainId());
        var (seen, times) = (entry, 0);
        // Other tests write to the index meanwhile: a round without any write in it is waited for.
        do
        {
            writes = fixture.Storage.WritesOf(Catalog.GetGrainId());
            await Catalog.ShowAsync(entry with { Progress = new WorkProgress { Done = ++times, Total = 100 }, LossTrend = [3, 2] });
            seen = Assert.Single(await Catalog.ListAsync(new CatalogQuery { Text = entry.RunId }));
            Assert.Equal(times, seen.Progress!.Done);
        }
        while (fixture.Storage.WritesOf(Catalog.GetGrainId()) != writes && times < 100);
        Assert.Equal(writes, fixture.Storage.WritesOf(Catalog.GetGrainId()));
        Assert.Equal([3f, 2f], seen.LossTrend);
    }

    [Fact]
    public async Task Show_UnlistedOrOlder_Ignored()
    {
        var entry = Entry(Specifications.NewId(), RunStatus.Running, day: 1) with { Version = 3 };
        await Catalog.ShowAsync(entry);
        Assert.Empty(await Catalog.ListAsync(new CatalogQuery { Text = entry.RunId }));
        await Catalog.PutAsync(entry);
        await Catalog.ShowAsync(entry with { Version = 2, Status = RunStatus.Queued });
        Assert.Equal(RunStatus.Running, Assert.Single(await Catalog.ListAsync(new CatalogQuery { Text = entry.RunId })).Status);
    }

    [Fact]
    public void Page_ThousandRuns_FiftyInLessThanFiveMilliseconds()
    {
        var entries = Enumerable.Range(0, 1000).Select(i => Entry($"run-{i}", (RunStatus)(i % 9), i) with
        {
            Name = $"name {i * 7919 % 1000}",
            Progress = new WorkProgress { Done = i, Total = 1000, Loss = i },
        }).ToList();
        var query = new CatalogQuery { Text = "name", Statuses = [RunStatus.Running, RunStatus.Queued], Sort = CatalogSort.Name, Limit = 50 };
        var times = Enumerable.Range(0, 60).Select(_ =>
        {
            var start = TimeProvider.System.GetTimestamp();
            Assert.Equal(50, CatalogQueries.Page(entries, query).Entries.Length);
            return TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
        }).Order().ToList();
        Assert.True(times[30] < 5, $"median {times[30]:F2} ms");
    }

    private static CatalogEntry Entry(string id, RunStatus status, int day, params (string Key, string Value)[] labels) => new(
        id, "", status, DateTimeOffset.UnixEpoch.AddDays(day), "demo", "tester", labels.ToImmutableDictionary(l => l.Key, l => l.Value), 1);
}
