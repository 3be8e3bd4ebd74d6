using System.Text;
using System.Text.Json;
using Poa.Evaluation.Detection.Coco;
using Poa.Networks;
using Poa.Testing;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Detection.Coco;

/// <summary>Masks of pycocotools: texts, counts, areas and boxes exact, overlaps to 1e-12.</summary>
[Trait("Category", Golden.Trait)]
public sealed class RunLengthMaskGoldenTests
{
    private const double Tolerance = 1e-12;

    private static readonly Lazy<JsonElement> Cases = new(() => GoldenDownstream.Json("coco_eval/rle_cases.json"));

    public static TheoryData<string> Encodings() => [.. Names("encode")];

    public static TheoryData<string> Polygons() => [.. Names("polygons")];

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Encode_GoldenMask_EqualsTheReferenceBothWays(string name)
    {
        var expected = Named("encode", name);
        var (height, width) = (expected.GetProperty("size")[0].GetInt32(), expected.GetProperty("size")[1].GetInt32());
        var text = expected.GetProperty("counts").GetString()!;
        var pixels = Pixels(name);

        var mask = RunLengthMask.Encode(height, width, pixels);
        var decoded = new byte[pixels.Length];
        RunLengthMask.FromText(height, width, Encoding.ASCII.GetBytes(text)).Decode(decoded);

        Assert.Equal(text, mask.ToText());
        Assert.Equal(expected.GetProperty("counts_uncompressed").EnumerateArray().Select(c => c.GetInt32()), mask.Counts.ToArray());
        Assert.Equal(pixels.Select(p => p != 0), decoded.Select(p => p != 0));
        Assert.Equal(expected.GetProperty("area").GetInt32(), mask.Area);
        Assert.Equal(Box(expected.GetProperty("bbox")), mask.BoundingBox());
    }

    [Theory]
    [MemberData(nameof(Polygons))]
    public void FromPolygon_GoldenPolygon_EqualsTheReferenceToThePixel(string name)
    {
        var expected = Named("polygons", name);
        var (height, width) = (expected.GetProperty("height").GetInt32(), expected.GetProperty("width").GetInt32());

        RunLengthMask[] parts = [.. expected.GetProperty("parts").EnumerateArray().Select(p => RunLengthMask.FromPolygon(height, width, [.. p.EnumerateArray().Select(v => v.GetDouble())]))];
        var whole = RunLengthMask.Union(parts);
        var decoded = new byte[height * width];
        whole.Decode(decoded);

        Assert.Equal(expected.GetProperty("part_counts").EnumerateArray().Select(c => c.GetString()), parts.Select(p => p.ToText()));
        Assert.Equal(expected.GetProperty("merged_counts").GetString(), whole.ToText());
        Assert.Equal(expected.GetProperty("area").GetInt32(), whole.Area);
        Assert.Equal(Box(expected.GetProperty("bbox")), whole.BoundingBox());
        Assert.Equal(Pixels($"poly_{name}"), decoded);
    }

    [Fact]
    public void FromBox_GoldenBoxes_EqualTheReference()
    {
        var expected = Cases.Value.GetProperty("fr_bbox");
        var (height, width) = (expected.GetProperty("height").GetInt32(), expected.GetProperty("width").GetInt32());

        Assert.Equal(
            expected.GetProperty("counts").EnumerateArray().Select(c => c.GetString()),
            expected.GetProperty("boxes_xywh").EnumerateArray().Select(b => RunLengthMask.FromBox(height, width, Box(b)).ToText()));
    }

    [Theory]
    [InlineData("iou_dt_rows_gt_cols", true)]
    [InlineData("iou_no_crowd", false)]
    public void Overlap_GoldenMasks_EqualsTheReference(string field, bool crowds)
    {
        var masks = IouMasks();
        var expected = Cases.Value.GetProperty("mask_iou");
        var crowd = expected.GetProperty("iscrowd_gt").EnumerateArray().Select(c => crowds && c.GetInt32() != 0).ToArray();

        for (var d = 0; d < masks.Length; d++)
        {
            for (var g = 0; g < masks.Length; g++)
            {
                // Nothing over nothing is marked -12345; COCOeval never meets it, and pycocotools gives 0 there.
                var value = expected.GetProperty(field)[d][g].GetDouble();
                Assert.Equal(value < 0 ? 0 : value, Overlap.Of(masks[d], masks[g], crowd[g]), Tolerance);
            }
        }
    }

    [Fact]
    public void Overlap_GoldenBoxes_EqualsTheReference()
    {
        var expected = Cases.Value.GetProperty("box_iou");
        CocoBox[] detections = [.. expected.GetProperty("dt_xywh").EnumerateArray().Select(Box)];
        CocoBox[] objects = [.. expected.GetProperty("gt_xywh").EnumerateArray().Select(Box)];

        for (var d = 0; d < detections.Length; d++)
        {
            for (var g = 0; g < objects.Length; g++)
            {
                var crowd = expected.GetProperty("iscrowd_gt")[g].GetInt32() != 0;
                Assert.Equal(expected.GetProperty("iou")[d][g].GetDouble(), Overlap.Of(detections[d], objects[g], crowd), Tolerance);
            }
        }
    }

    [Fact]
    public void UnionAndIntersection_GoldenMasks_EqualTheReference()
    {
        var masks = IouMasks();

        Assert.NotEqual(0, Cases.Value.GetProperty("merge").GetArrayLength());
        foreach (var expected in Cases.Value.GetProperty("merge").EnumerateArray())
        {
            RunLengthMask[] inputs = [.. expected.GetProperty("inputs").EnumerateArray().Select(i => masks[i.GetInt32()])];
            Assert.Equal(expected.GetProperty("union").GetString(), RunLengthMask.Union(inputs).ToText());
            Assert.Equal(expected.GetProperty("intersection").GetString(), RunLengthMask.Intersection(inputs).ToText());
        }
    }

    private static RunLengthMask[] IouMasks()
    {
        var iou = Cases.Value.GetProperty("mask_iou");
        var (height, width) = (iou.GetProperty("size")[0].GetInt32(), iou.GetProperty("size")[1].GetInt32());
        return [.. iou.GetProperty("counts").EnumerateArray().Select(c => RunLengthMask.FromText(height, width, Encoding.ASCII.GetBytes(c.GetString()!)))];
    }

    private static IEnumerable<string> Names(string kind) => Cases.Value.GetProperty(kind).EnumerateArray().Select(c => c.GetProperty("name").GetString()!);

    private static JsonElement Named(string kind, string name) => Cases.Value.GetProperty(kind).EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);

    private static byte[] Pixels(string name)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(GoldenDownstream.PathOf("coco_eval/rle_masks.safetensors"));
        return file.Read(name).data<byte>().ToArray();
    }

    private static CocoBox Box(JsonElement xywh) => new(xywh[0].GetDouble(), xywh[1].GetDouble(), xywh[2].GetDouble(), xywh[3].GetDouble());
}
