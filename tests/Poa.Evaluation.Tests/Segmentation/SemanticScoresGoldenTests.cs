using System.Text.Json;
using Poa.Data.Segmentation;
using Poa.Evaluation.Segmentation.Scoring;
using Poa.Evaluation.Tests.Dense;
using Poa.Networks;
using Poa.Testing;

namespace Poa.Evaluation.Tests.Segmentation;

/// <summary>Metrics of label maps; counts exact, shares within 1e-9, and unknown in the same places.</summary>
[Trait("Category", Golden.Trait)]
public sealed class SemanticScoresGoldenTests
{
    private const double Tolerance = 1e-9;

    private const string Reduced = "gt_reduced.";

    private readonly JsonElement expected = GoldenDownstream.Json("semseg_eval/expected.json");

    [Fact]
    public void WithoutZero_StoredMaps_AreTheGoldenReducedOnes()
    {
        using var file = DenseTesting.Golden("semseg_eval/maps.safetensors");
        string[] reduced = [.. file.Entries.Select(e => e.Name).Where(n => n.StartsWith(Reduced, StringComparison.Ordinal))];

        Assert.NotEmpty(reduced);
        foreach (var name in reduced)
        {
            Assert.Equal(Bytes(file, name), Map(file, $"gt_raw.{name[Reduced.Length..]}").WithoutZero().Labels.ToArray());
        }
    }

    [Fact]
    public void Scores_WholeSet_AreTheGoldenFigures()
    {
        using var file = DenseTesting.Golden("semseg_eval/maps.safetensors");
        var classes = expected.GetProperty("num_classes").GetInt32();
        var tally = new SemanticTally(classes);
        foreach (var one in expected.GetProperty("per_image").EnumerateArray())
        {
            var i = one.GetProperty("image").GetInt32();
            var labels = Map(file, $"gt_raw.{i}").WithoutZero().Labels;
            var prediction = Bytes(file, $"pred.{i}");
            tally.Add(prediction, labels);

            var single = new SemanticTally(classes);
            single.Add(prediction, labels);
            Assert.Equal(one.GetProperty("valid_pixels").GetInt64(), single.Labelled.Sum());
            // The shares of single images were rounded to float32 in the vectors, those of the whole set were not.
            AssertShare(one.GetProperty("aAcc"), (float?)single.Scores().AllAccuracy);
        }

        var totals = expected.GetProperty("totals");
        Assert.Equal(Counts(totals, "intersect"), tally.Intersection);
        Assert.Equal(Counts(totals, "union"), tally.Union);
        Assert.Equal(Counts(totals, "pred"), tally.Predicted);
        Assert.Equal(Counts(totals, "label"), tally.Labelled);
        AssertScores(expected, tally.Scores());
    }

    [Fact]
    public void Scores_NoLabelShift_AreTheGoldenFigures()
    {
        using var file = DenseTesting.Golden("semseg_eval/maps.safetensors");
        var plain = expected.GetProperty("plain_19_classes");
        var tally = new SemanticTally(plain.GetProperty("IoU").GetArrayLength());

        tally.Add(Bytes(file, "plain.pred"), Bytes(file, "plain.gt"));

        AssertScores(plain, tally.Scores());
    }

    private static void AssertScores(JsonElement expected, SemanticScores scores)
    {
        AssertShare(expected.GetProperty("aAcc"), scores.AllAccuracy);
        AssertShare(expected.GetProperty("mIoU"), scores.MeanIoU);
        AssertShare(expected.GetProperty("mAcc"), scores.MeanAccuracy);
        AssertShares(expected.GetProperty("IoU"), scores.IoU);
        AssertShares(expected.GetProperty("Acc"), scores.Accuracy);
    }

    private static void AssertShares(JsonElement expected, IReadOnlyList<double?> actual)
    {
        Assert.Equal(expected.GetArrayLength(), actual.Count);
        for (var i = 0; i < actual.Count; i++)
        {
            AssertShare(expected[i], actual[i]);
        }
    }

    private static void AssertShare(JsonElement expected, double? actual)
    {
        Assert.Equal(expected.ValueKind == JsonValueKind.Null, actual is null);
        if (actual is { } value)
        {
            Assert.Equal(expected.GetDouble(), value, Tolerance);
        }
    }

    private static IEnumerable<long> Counts(JsonElement totals, string name) => totals.GetProperty(name).EnumerateArray().Select(v => v.GetInt64());

    private static byte[] Bytes(SafetensorsFile file, string name)
    {
        using var tensor = file.Read(name);
        return tensor.bytes.ToArray();
    }

    private static LabelMap Map(SafetensorsFile file, string name)
    {
        using var tensor = file.Read(name);
        return new LabelMap((int)tensor.shape[1], (int)tensor.shape[0], tensor.bytes.ToArray());
    }
}
