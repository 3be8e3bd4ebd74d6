using Poa.Evaluation.Classification.Knn;
using Poa.Evaluation.Features;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Classification.Knn;

public sealed class KnnClassifierTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Score_SmallSet_AgreesWithTheFormulaWrittenOut()
    {
        using var scope = NewDisposeScope();
        var (train, trainLabels) = Cloud(seed: 1, count: 300, classes: 7);
        var (test, testLabels) = Cloud(seed: 2, count: 40, classes: 7);
        var options = new KnnSettings { Ks = [3, 25], Temperature = 0.1 };
        var classifier = new KnnClassifier(new(MemoryFeatures.From(train), trainLabels), 7, options);

        foreach (var k in options.Ks)
        {
            var votes = classifier.Votes(MemoryFeatures.From(test), k, Token);
            for (var query = 0; query < 40; query++)
            {
                var expected = SlowVotes(train, trainLabels, test[query], k, maxK: 25, temperature: 0.1);
                for (var c = 0; c < 7; c++)
                {
                    Assert.Equal(expected[c], votes[query, c], 1e-6);
                }
            }
        }

        var scores = classifier.Score(new(MemoryFeatures.From(test), testLabels), cancellationToken: Token);
        for (var i = 0; i < options.Ks.Count; i++)
        {
            var votes = classifier.Votes(MemoryFeatures.From(test), options.Ks[i], Token);
            // Classes without any vote tie: the lower index comes first.
            var ranks = testLabels.Select((label, q) => Enumerable.Range(0, 7)
                .OrderByDescending(c => votes[q, c]).ThenBy(c => c).ToList().IndexOf(label)).ToArray();
            Assert.Equal(ranks.Count(rank => rank == 0) / 40.0, scores[i].Top1);
            Assert.Equal(ranks.Count(rank => rank < 5) / 40.0, scores[i].Top5);
            Assert.Equal(scores[i].Top1, scores[i].PerClassTop1.Select((share, c) => (share ?? 0) * testLabels.Count(l => l == c)).Sum() / 40, 1e-12);
        }
    }

    [Fact]
    public void Votes_OtherMemoryBudget_AreIdenticalBits()
    {
        using var scope = NewDisposeScope();
        var (train, labels) = Cloud(seed: 3, count: 9000, classes: 5);
        // Exact duplicates with other labels, far apart and in the padded last tile: ties that must fall the same way.
        train[TensorIndex.Slice(8900, 9000)] = train[TensorIndex.Slice(100, 200)];
        train[TensorIndex.Slice(4096, 4196)] = train[TensorIndex.Slice(100, 200)];
        var (test, _) = Cloud(seed: 4, count: 600, classes: 5);
        test[TensorIndex.Slice(0, 100)] = train[TensorIndex.Slice(100, 200)];
        var set = new FeatureSet(MemoryFeatures.From(train), labels);
        var queries = MemoryFeatures.From(test);

        var roomy = new KnnClassifier(set, 5, new() { Ks = [1, 20] }).Votes(queries, 20, Token);
        var tight = new KnnClassifier(set, 5, new() { Ks = [1, 20], MemoryBytes = 1 << 20 }).Votes(queries, 20, Token);

        Assert.Equal(roomy, tight);
    }

    [Fact]
    public void Votes_DuplicatesInDifferentTiles_GoToTheLowerTrainingIndex()
    {
        using var scope = NewDisposeScope();
        var (train, _) = Cloud(seed: 5, count: 5000, classes: 2);
        train[TensorIndex.Slice(4500, 4520)] = train[TensorIndex.Slice(700, 720)];
        var labels = Enumerable.Range(0, 5000).Select(i => i < 4096 ? 0 : 1).ToArray();

        var votes = new KnnClassifier(new(MemoryFeatures.From(train), labels), 2, new() { Ks = [1] })
            .Votes(MemoryFeatures.From(train[TensorIndex.Slice(4500, 4520)]), 1, Token);

        Assert.All(Enumerable.Range(0, 20), query => Assert.Equal(1.0, votes[query, 0]));
    }

    [Fact]
    public void ScanOnDevice_SameTiles_FindsTheSameNeighbours()
    {
        using var scope = NewDisposeScope();
        const int Rows = 1000;
        var similarity = (rand(NeighbourSearch.QueryTile, NeighbourSearch.TrainTile, generator: new Generator(6)) * 50).floor() / 50;
        var (onDevice, onHost) = (new NeighbourTable(100, 10), new NeighbourTable(100, 10));
        for (var first = 0; first < 3 * Rows; first += Rows)
        {
            var shifted = similarity.roll(first, 1);
            NeighbourSearch.ScanOnDevice(shifted, 0, first, Rows, onDevice);
            for (var query = 0; query < 100; query++)
            {
                onHost.Offer(query, shifted[query].data<float>().ToArray().AsSpan(0, Rows), first);
            }
        }

        for (var query = 0; query < 100; query++)
        {
            var (a, b, ai, bi) = (new float[10], new float[10], new int[10], new int[10]);
            Assert.Equal(onHost.Read(query, a, ai), onDevice.Read(query, b, bi));
            Assert.Equal(ai, bi);
            Assert.Equal(a, b);
        }
    }

    [Fact]
    public void Score_MoreNeighboursThanTrainingImages_ClampsAndSaysSo()
    {
        using var scope = NewDisposeScope();
        var (train, labels) = Cloud(seed: 7, count: 30, classes: 3);
        var set = new FeatureSet(MemoryFeatures.From(train), labels);

        var clamped = new KnnClassifier(set, 3, new() { Ks = [10, 200] }).Score(set, cancellationToken: Token);
        var exact = new KnnClassifier(set, 3, new() { Ks = [10, 30] }).Score(set, cancellationToken: Token);

        Assert.Equal((200, 30), (clamped[1].K, clamped[1].NeighboursUsed));
        Assert.Equal(exact[1].Top1, clamped[1].Top1);
        Assert.Equal(exact[0], clamped[0] with { PerClassTop1 = exact[0].PerClassTop1 });
    }

    [Fact]
    public void Score_Cancelled_Throws()
    {
        using var scope = NewDisposeScope();
        var (train, labels) = Cloud(seed: 8, count: 30, classes: 3);
        var set = new FeatureSet(MemoryFeatures.From(train), labels);

        Assert.Throws<OperationCanceledException>(() =>
            new KnnClassifier(set, 3, new()).Score(set, cancellationToken: new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData(0, 0.07, "list of k")]
    [InlineData(5, 0, "temperature")]
    [InlineData(5, double.NaN, "temperature")]
    public void Constructor_OptionOutOfRange_NamesIt(int k, double temperature, string named)
    {
        using var scope = NewDisposeScope();
        var (train, labels) = Cloud(seed: 9, count: 5, classes: 3);

        var error = Assert.Throws<ArgumentException>(() =>
            new KnnClassifier(new(MemoryFeatures.From(train), labels), 3, new() { Ks = [k], Temperature = temperature }));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_LabelOutsideClasses_NamesImageAndLabel()
    {
        using var scope = NewDisposeScope();
        var (train, _) = Cloud(seed: 10, count: 3, classes: 3);

        var error = Assert.Throws<ArgumentException>(() => new KnnClassifier(new(MemoryFeatures.From(train), [0, 3, 1]), 3, new()));

        Assert.Contains("image 1 has the label 3", error.Message, StringComparison.Ordinal);
    }

    private static (Tensor Features, int[] Labels) Cloud(long seed, int count, int classes)
    {
        var generator = new Generator((ulong)seed);
        var labels = Enumerable.Range(0, count).Select(i => (i + (i / 97)) % classes).ToArray();
        var centres = randn(classes, 12, generator: new Generator(99));
        var points = centres[tensor(labels.Select(l => (long)l).ToArray())] + (1.5 * randn(count, 12, generator: generator));
        return (nn.functional.normalize(points, p: 2, dim: 1), labels);
    }

    private static double[] SlowVotes(Tensor train, int[] labels, Tensor query, int k, int maxK, double temperature)
    {
        var cosine = Enumerable.Range(0, labels.Length).Select(i => (train[i] * query).to(ScalarType.Float64).sum().item<double>()).ToArray();
        var nearest = cosine.Index().OrderByDescending(c => c.Item).Take(maxK).ToArray();
        var total = nearest.Sum(n => Math.Exp(n.Item / temperature));
        var votes = new double[labels.Max() + 1];
        foreach (var (index, similarity) in nearest.Take(k))
        {
            votes[labels[index]] += Math.Exp(similarity / temperature) / total;
        }

        return votes;
    }
}
