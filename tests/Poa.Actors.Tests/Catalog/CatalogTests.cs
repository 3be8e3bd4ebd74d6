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

    private static CatalogEntry Entry(string id, RunStatus status, int day, params (string Key, string Value)[] labels) => new(
        id, "", status, DateTimeOffset.UnixEpoch.AddDays(day), "demo", "tester", labels.ToImmutableDictionary(l => l.Key, l => l.Value), 1);
}
