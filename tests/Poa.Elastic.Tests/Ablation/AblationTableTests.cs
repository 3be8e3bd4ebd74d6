namespace Poa.Elastic.Tests.Ablation;

public sealed class AblationTableTests
{
    private const string Own = """
        title: Prototypes
        rows:
          - name: two-heads
          - name: one-head
            title: one head of 512
            set: ['dino.head_n_prototypes=[512]', dino.lambda_ie=0.5]
          - name: aside
            set:
              - dino.lambda_ie=1
            usual: false
        """;

    [Fact]
    public void Parse_OwnTable_HasRowsWithTheirOverrides()
    {
        var table = Parse(Own);

        Assert.Equal("Prototypes", table.Title);
        Assert.Equal([("two-heads", "two-heads", true), ("one-head", "one head of 512", true), ("aside", "aside", false)], table.Rows.Select(row => (row.Name, row.Title, row.IsUsual)));
        Assert.Equal([[], ["dino.head_n_prototypes=[512]", "dino.lambda_ie=0.5"], ["dino.lambda_ie=1"]], table.Rows.Select(row => row.Overrides.ToArray()));
    }

    [Fact]
    public void Choose_NamesAllOrNone_GivesThemInTheOrderOfTheTable()
    {
        var table = Parse(Own);

        Assert.Equal(["two-heads", "one-head"], table.Choose([]).Select(row => row.Name));
        Assert.Equal(["two-heads", "aside"], table.Choose(["aside", "two-heads"]).Select(row => row.Name));
        Assert.Equal(table.Rows, table.Choose(["all"]));
        var e = Assert.Throws<ConfigurationException>(() => table.Choose(["two-heads", "nowhere"]));
        Assert.Equal("There is no row 'nowhere'. There are: two-heads, one-head, aside; all stands for all.", e.Message);
    }

    [Fact]
    public void Configure_ARow_ChangesItsKeysAndTheSeedOnly()
    {
        var basis = ConfigurationPresets.Load("demo");

        var configuration = Parse(Own).Rows[1].Configure(new ConfigurationSource("basis", basis.ToYaml()), seed: 7);

        Assert.Equal(
            basis with { Dino = basis.Dino with { HeadPrototypes = [512], LambdaIntactElastic = 0.5 }, Train = basis.Train with { Seed = 7 } },
            configuration with { Ibot = basis.Ibot });
    }

    [Theory]
    [InlineData("rows: []", "own.yaml:1: 'rows' = [] must be a list of rows, each with a name: '- name: my-row'.")]
    [InlineData("title: x", "own.yaml: 'rows' must be a list of rows, each with a name: '- name: my-row'.")]
    [InlineData("rows: [just-a-word]", "own.yaml:1: 'rows' = just-a-word must have mappings such as '- name: my-row'.")]
    [InlineData("rows: [{name: Ä}]", "own.yaml:1: 'name' = Ä must be 1 to 20 lower-case letters, digits and dashes.")]
    [InlineData("rows: [{title: t}]", "own.yaml:1: 'name' must be 1 to 20 lower-case letters, digits and dashes.")]
    [InlineData("rows: [{name: a}, {name: a}]", "own.yaml:1: 'rows' has 2 rows of the name 'a'; each needs one of its own.")]
    [InlineData("rows: [{name: a, sets: [x=1]}]", "own.yaml:1: 'sets' = [x=1] is not known here; there are name, title, set, usual.")]
    [InlineData("rows: [{name: a, set: x=1}]", "own.yaml:1: 'set' = x=1 must be a list of key=value texts, those with brackets in quotes: ['dino.head_n_prototypes=[512]'].")]
    [InlineData("rows: [{name: a, set: [train.seed=1]}]", "own.yaml:1: 'set' = train.seed=1 must leave the seed out: each run of a row gets one of its own.")]
    [InlineData("rows: [{name: a, usual: perhaps}]", "own.yaml:1: 'usual' = perhaps must be true or false.")]
    [InlineData("rows: [{name: [a]}]", "own.yaml:1: 'name' = [a] must be a single text.")]
    public void Parse_WhatCannotBe_SaysWhereAndWhatIsExpected(string text, string message) =>
        Assert.Contains(message, Assert.Throws<ConfigurationException>(() => Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Presets_Each_BeginWithTheUnchangedRowAndAllRowsAreValid()
    {
        var basis = new ConfigurationSource("basis", ConfigurationPresets.Load("demo").ToYaml());
        Assert.Contains("paper", AblationPresets.Names);
        Assert.All(AblationPresets.Names, name =>
        {
            var table = AblationPresets.Load(name);
            Assert.Empty(table.Rows[0].Overrides);
            // Rows that change something change different things.
            Assert.Equal(table.Rows.Length, table.Rows.Select(row => row.Configure(basis, seed: 0).Fingerprint).Distinct().Count());
        });
        Assert.Contains("paper", Assert.Throws<ConfigurationException>(() => AblationPresets.Load("nonsense")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Spread_OfFigures_IsMeanAndDeviationOfTheSample()
    {
        Assert.Null(Spread.Of([]));
        Assert.Equal(new Spread(5, null), Spread.Of([5.0]));
        Assert.Equal(new Spread(5, 2), Spread.Of([3.0, 5.0, 7.0]));
    }

    private static AblationTable Parse(string text) => AblationTable.Parse(new ConfigurationSource("own.yaml", text));
}
