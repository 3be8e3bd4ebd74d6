using System.Text.Json;
using Poa.Evaluation.Detection.Coco;
using Poa.Networks;
using Poa.Testing;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Detection.Coco;

/// <summary>Figures, curves and matches of pycocotools over the set of the golden folder. Tolerance 1e-9; ids and matches exact.</summary>
[Trait("Category", Golden.Trait)]
public sealed class CocoGoldenTests
{
    private const double Tolerance = 1e-9;

    private static readonly Lazy<CocoAnnotations> Set = new(() => CocoAnnotations.Read(GoldenDownstream.PathOf("coco_eval/gt.json")));
    private static readonly Lazy<JsonElement> Expected = new(() => GoldenDownstream.Json("coco_eval/expected.json"));

    public static TheoryData<string> Kinds() => ["bbox", "segm"];

    [Fact]
    public void Read_GoldenSet_HasItsImagesCategoriesAndCounts()
    {
        var counts = Expected.Value.GetProperty("counts");

        Assert.Equal(Expected.Value.GetProperty("n_images").GetInt32(), Set.Value.Images.Count);
        Assert.Equal(Expected.Value.GetProperty("categories_sorted").EnumerateArray().Select(id => id.GetInt64()), Set.Value.Categories.Select(c => c.Id));
        Assert.Equal(counts.GetProperty("annotations").GetInt32(), Set.Value.Annotations.Count);
        Assert.Equal(counts.GetProperty("crowd").GetInt32(), Set.Value.Annotations.Count(a => a.IsCrowd));
        Assert.Equal(counts.GetProperty("detections").GetInt32(), Detections("bbox").All.Count);
    }

    [Fact]
    public void Thresholds_Defaults_EqualTheReferenceBitForBit()
    {
        Assert.Equal(Numbers(Expected.Value.GetProperty("iou_thresholds")), CocoScoringOptions.OverlapThresholds);
        Assert.Equal(Numbers(Expected.Value.GetProperty("recall_thresholds")), CocoScoringOptions.RecallThresholds);
        Assert.Equal(
            Expected.Value.GetProperty("area_ranges").EnumerateObject().Select(r => new CocoAreaRange(r.Name, r.Value[0].GetDouble(), r.Value[1].GetDouble())),
            CocoScoringOptions.AreaRanges);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Figures_GoldenDetections_EqualTheReference(string kind) => AssertFigures(Expected.Value.GetProperty(kind).GetProperty("stats"), Scores(kind).Figures);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Figures_MmdetLimits_EqualTheReference(string kind) =>
        AssertFigures(Expected.Value.GetProperty(kind).GetProperty("mmdet_maxdets_100_300_1000").GetProperty("stats"), Scores(kind, [100, 300, 1000]).Figures);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Figures_NoDetections_EqualTheReference(string kind)
    {
        var none = CocoDetections.Read(GoldenDownstream.PathOf("coco_eval/dt_empty.json"), Set.Value);

        AssertFigures(Expected.Value.GetProperty(kind).GetProperty("stats_empty_detections"), new CocoEvaluator(Options(kind)).Evaluate(none, TestContext.Current.CancellationToken).Figures);
    }

    [Fact]
    public void Figures_MasksWithBoxes_TakeAreasFromTheBoxes()
    {
        var masks = Detections("segm");
        var images = Set.Value.Images.ToDictionary(image => image.Id);
        CocoDetections both = new(Set.Value, masks.All.Select(d => d with { Box = d.Segmentation!.ToMask(images[d.ImageId].Height, images[d.ImageId].Width).BoundingBox() }));
        var evaluator = new CocoEvaluator(Options("segm"));

        AssertFigures(Expected.Value.GetProperty("segm").GetProperty("stats_when_result_also_has_bbox_of_mask"), evaluator.Evaluate(both, TestContext.Current.CancellationToken).Figures);
        AssertFigures(Expected.Value.GetProperty("segm").GetProperty("stats"), evaluator.Evaluate(both.WithoutBoxes(), TestContext.Current.CancellationToken).Figures);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void OfCategory_GoldenDetections_EqualTheReference(string kind)
    {
        var scores = Scores(kind);
        var expected = Expected.Value.GetProperty(kind).GetProperty("per_category").EnumerateArray().ToArray();

        Assert.Equal(scores.Categories.Count, expected.Length);
        foreach (var category in expected)
        {
            var figures = scores.OfCategory(Set.Value.CategoryIndex(category.GetProperty("category_id").GetInt64()));
            var names = Expected.Value.GetProperty("stat_names").EnumerateArray().Select(name => name.GetString()!).ToArray();
            var compared = 0;
            for (var i = 0; i < names.Length; i++)
            {
                if (category.TryGetProperty(names[i], out var value))
                {
                    AssertFigure(value, figures.InOrder[i]);
                    compared++;
                }
            }

            Assert.True(compared >= 9, $"The vectors hold only {compared} figures of category {category.GetProperty("category_id")}.");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Curves_GoldenDetections_EqualTheReference(string kind)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(GoldenDownstream.PathOf("coco_eval/expected_arrays.safetensors"));
        var (precision, recall, scored) = (file.Read($"{kind}.precision"), file.Read($"{kind}.recall"), file.Read($"{kind}.scores_all_100"));
        var (precisions, recalls, scoreValues) = (precision.data<double>().ToArray(), recall.data<double>().ToArray(), scored.data<double>().ToArray());
        var scores = Scores(kind);
        var (overlaps, steps, categories, areas) = ((int)precision.shape[0], (int)precision.shape[1], (int)precision.shape[2], (int)precision.shape[3]);
        var limits = (int)recall.shape[3];
        Assert.Equal((scores.Categories.Count, scores.Options.MaxDetections.Length), (categories, limits));

        for (var (o, at) = (0, 0); o < overlaps; o++)
        {
            for (var r = 0; r < steps; r++)
            {
                for (var c = 0; c < categories; c++)
                {
                    Assert.Equal(scoreValues[(((o * steps) + r) * categories) + c], scores.Score(o, c, 0, limits - 1)[r], Tolerance);
                    for (var a = 0; a < areas; a++)
                    {
                        Assert.Equal(precisions[at++], scores.Precision(o, c, a, limits - 1)[r], Tolerance);
                    }
                }
            }
        }

        for (var (o, at) = (0, 0); o < overlaps; o++)
        {
            for (var c = 0; c < categories; c++)
            {
                for (var a = 0; a < areas; a++)
                {
                    for (var l = 0; l < limits; l++)
                    {
                        Assert.Equal(recalls[at++], scores.Recall(o, c, a, l), Tolerance);
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Matches_GoldenSamples_EqualTheReference(string kind)
    {
        var matches = new CocoEvaluator(Options(kind)).Matches(Detections(kind)).ToDictionary(m => (m.ImageId, m.CategoryId));
        var samples = Expected.Value.GetProperty(kind).GetProperty("match_samples_area_all").EnumerateArray().ToArray();

        var places = Set.Value.Annotations.Index().ToDictionary(a => a.Item.Id, a => a.Index);

        Assert.NotEmpty(samples);
        foreach (var sample in samples)
        {
            var match = matches[(sample.GetProperty("image_id").GetInt64(), sample.GetProperty("category_id").GetInt64())];
            Assert.Equal(Integers(sample, "dt_ids_1based"), match.Detections.Select(d => (long)d));
            Assert.Equal(Integers(sample, "gt_ids"), match.Objects);
            Assert.Equal(Integers(sample, "gt_ignore"), match.IgnoredObjects.Select(i => i ? 1L : 0));
            foreach (var (name, overlap) in new[] { ("50", 0), ("75", 5) })
            {
                Assert.Equal(Integers(sample, $"dt_matched_gt_iou{name}"), match.MatchedObjects[overlap].Select(m => m < 0 ? 0 : match.Objects[m]));
                if (sample.TryGetProperty($"dt_ignore_iou{name}", out _))
                {
                    Assert.Equal(Integers(sample, $"dt_ignore_iou{name}"), match.IgnoredDetections[overlap].Select(i => i ? 1L : 0));
                }
            }

            // The reference's overlaps have the objects in the order of the file.
            var columns = Enumerable.Range(0, match.Objects.Length).OrderBy(i => places[match.Objects[i]]).ToArray();
            foreach (var (row, expected) in match.Overlaps.Zip(sample.GetProperty("iou").EnumerateArray()))
            {
                Assert.Equal(Numbers(expected), columns.Select(column => row[column]), (a, b) => Math.Abs(a - b) <= 1e-12);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Evaluate_OneOrSevenThreads_GivesTheSameBits(string kind)
    {
        var detections = Detections(kind);
        var (one, seven) = (new CocoEvaluator(Options(kind) with { Threads = 1 }).Evaluate(detections, TestContext.Current.CancellationToken), new CocoEvaluator(Options(kind) with { Threads = 7 }).Evaluate(detections, TestContext.Current.CancellationToken));

        Assert.Equal(one.Figures, seven.Figures);
        Assert.All(Enumerable.Range(0, one.Categories.Count), c => Assert.Equal(one.OfCategory(c), seven.OfCategory(c)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Write_ReadAgain_GivesTheSameFigures(string kind)
    {
        var path = Path.GetTempFileName();
        try
        {
            var detections = Detections(kind);
            detections.Write(path);

            Assert.Equal(Scores(kind).Figures, new CocoEvaluator(Options(kind)).Evaluate(CocoDetections.Read(path, Set.Value), TestContext.Current.CancellationToken).Figures);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static CocoDetections Detections(string kind) => CocoDetections.Read(GoldenDownstream.PathOf($"coco_eval/dt_{kind}.json"), Set.Value);

    private static CocoScoringOptions Options(string kind) => new() { Kind = kind == "bbox" ? CocoOverlapKind.Boxes : CocoOverlapKind.Masks };

    private static CocoScores Scores(string kind, int[]? limits = null)
    {
        var options = Options(kind);
        return new CocoEvaluator(limits is null ? options : options with { MaxDetections = [.. limits] }).Evaluate(Detections(kind), TestContext.Current.CancellationToken);
    }

    private static void AssertFigures(JsonElement expected, CocoFigures figures)
    {
        Assert.Equal(expected.GetArrayLength(), figures.InOrder.Count);
        Assert.All(expected.EnumerateArray().Zip(figures.InOrder), pair => AssertFigure(pair.First, pair.Second));
    }

    private static void AssertFigure(JsonElement expected, double? figure)
    {
        if (expected.ValueKind == JsonValueKind.Null || expected.GetDouble() == CocoScores.Undefined)
        {
            Assert.Null(figure);
            return;
        }

        Assert.NotNull(figure);
        Assert.Equal(expected.GetDouble(), figure.Value, Tolerance);
    }

    private static IEnumerable<double> Numbers(JsonElement list) => list.EnumerateArray().Select(value => value.GetDouble());

    private static IEnumerable<long> Integers(JsonElement sample, string name) => sample.GetProperty(name).EnumerateArray().Select(value => value.GetInt64());
}
