using System.Text.Json;
using Poa.Evaluation.Classification.Knn;
using Poa.Evaluation.Features;
using Poa.Networks;
using Poa.Testing;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Classification.Knn;

/// <summary>Vectors of the authors' evaluation; every case and every k of the folder. Tolerances are those of its README.</summary>
[Trait("Category", Golden.Trait)]
public sealed class KnnGoldenTests
{
    private const double ProbabilityTolerance = 2e-6;

    // The bounds are float32 quotients of counts; ours are double.
    private const double BoundRounding = 1e-6;

    public static TheoryData<string> Cases() => [.. Golden.Json("knn.json").GetProperty("cases").EnumerateObject().Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Normalised_RawFeatures_EqualTheReferenceFeatures(string name)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(Golden.PathOf("knn.safetensors"));

        foreach (var split in new[] { "train", "test" })
        {
            var difference = UnitFeatures.Of(file.Read($"{name}/{split}_raw")) - file.Read($"{name}/{split}_features");
            Assert.InRange(difference.abs().max().item<float>(), 0, 1e-6f);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Votes_GoldenCase_EqualTheReferenceProbabilities(string name)
    {
        using var scope = NewDisposeScope();
        var (settings, classifier, test) = Prepare(name);
        using var file = SafetensorsFile.Open(Golden.PathOf("knn.safetensors"));

        foreach (var k in Ks(settings))
        {
            var expected = file.Read($"{name}/proba_k{k}");
            var votes = classifier.Votes(test.Rows, k, TestContext.Current.CancellationToken);
            Assert.Equal((expected.shape[0], expected.shape[1]), (votes.GetLongLength(0), votes.GetLongLength(1)));
            for (var query = 0; query < votes.GetLength(0); query++)
            {
                for (var c = 0; c < votes.GetLength(1); c++)
                {
                    Assert.Equal(expected[query, c].item<float>(), votes[query, c], ProbabilityTolerance);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Score_GoldenCase_LiesWithinTheTieBounds(string name)
    {
        using var scope = NewDisposeScope();
        var (settings, classifier, test) = Prepare(name);

        foreach (var accuracy in classifier.Score(test, cancellationToken: TestContext.Current.CancellationToken))
        {
            var expected = settings.GetProperty("accuracy").GetProperty($"{accuracy.K}");
            AssertWithin(expected.GetProperty("top1_tie_bounds"), accuracy.Top1);
            AssertWithin(expected.GetProperty("top5_tie_bounds"), accuracy.Top5);
        }
    }

    private static (JsonElement Settings, KnnClassifier Classifier, FeatureSet Test) Prepare(string name)
    {
        var json = Golden.Json("knn.json");
        var settings = json.GetProperty("cases").GetProperty(name);
        using var file = SafetensorsFile.Open(Golden.PathOf("knn.safetensors"));
        var options = new KnnSettings { Ks = Ks(settings), Temperature = json.GetProperty("temperature").GetDouble() };
        var classifier = new KnnClassifier(Read(file, name, "train"), settings.GetProperty("classes").GetInt32(), options);
        return (settings, classifier, Read(file, name, "test"));
    }

    private static FeatureSet Read(SafetensorsFile file, string name, string split) => new(
        MemoryFeatures.From(UnitFeatures.Of(file.Read($"{name}/{split}_raw"))),
        [.. file.Read($"{name}/{split}_labels").data<long>().ToArray().Select(label => (int)label)]);

    private static int[] Ks(JsonElement settings) => [.. settings.GetProperty("ks").EnumerateArray().Select(k => k.GetInt32())];

    private static void AssertWithin(JsonElement bounds, double value) =>
        Assert.InRange(value, bounds[0].GetDouble() - BoundRounding, bounds[1].GetDouble() + BoundRounding);
}
