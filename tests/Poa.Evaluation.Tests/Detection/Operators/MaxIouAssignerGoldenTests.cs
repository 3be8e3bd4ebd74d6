using System.Globalization;
using Poa.Evaluation.Detection.Operators;
using Poa.Testing;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Detection.Operators;

/// <summary>mmdet's assignment: objects and labels exact where rounding does not decide, overlaps to 1e-5.</summary>
[Trait("Category", Golden.Trait)]
public sealed class MaxIouAssignerGoldenTests
{
    private const string Suffix = ".gt_inds";
    private const string NegativeRange = "neg_range_";
    private const string CrowdShare = ".crowd_iof";

    public static TheoryData<string> Cases() => [.. DetOps.Cases("assigner", "", Suffix)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Assign_GoldenCase_EqualsTheReference(string name)
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("assigner");
        var boxes = golden[name.StartsWith("anchors.", StringComparison.Ordinal) ? "anchors" : "proposals"];
        var objects = golden["gt"];
        var labels = golden["gt_labels"];
        boxes = name.StartsWith("no_boxes.", StringComparison.Ordinal) ? boxes.narrow(0, 0, 0) : boxes;
        (objects, labels) = name.StartsWith("no_gt.", StringComparison.Ordinal) ? (objects.narrow(0, 0, 0), labels.narrow(0, 0, 0)) : (objects, labels);
        var options = Options(name);

        var assignment = new MaxIouAssigner(options).Assign(boxes, objects, labels, name.Contains(".crowd_", StringComparison.Ordinal) ? golden["crowd"] : null);

        var clear = Clear(golden, name, boxes, options);
        DetOps.Close(golden[$"{name}.max_overlaps"], assignment.MaxOverlaps_N, 1e-5);
        DetOps.Same(golden[name + Suffix].masked_select(clear), assignment.Objects_N.masked_select(clear));
        DetOps.Same(golden[$"{name}.labels"].masked_select(clear), assignment.Labels_N.masked_select(clear));
    }

    /// <summary>Thresholds from the settings that the name speaks of; the case with a range for negatives has the first stage's.</summary>
    private static MaxIouAssignerOptions Options(string name)
    {
        var configurations = DetOps.Settings.GetProperty("assigner").GetProperty("configs");
        if (name.StartsWith(NegativeRange, StringComparison.Ordinal))
        {
            double[] range = [.. name[NegativeRange.Length..].Split('_').Select(Number)];
            return Of(configurations.GetProperty("rcnn0")) with { NegativeIouFrom = range[0], NegativeIou = range[1] };
        }

        var options = Of(configurations.GetProperty(name.Split('.')[1]));
        var crowd = name.IndexOf(CrowdShare, StringComparison.Ordinal);
        return crowd < 0 ? options : options with { IgnoreIof = Number(name[(crowd + CrowdShare.Length)..]) };
    }

    private static MaxIouAssignerOptions Of(System.Text.Json.JsonElement settings) => new()
    {
        PositiveIou = settings.GetProperty("pos").GetDouble(),
        NegativeIou = settings.GetProperty("neg").GetDouble(),
        MinPositiveIou = settings.GetProperty("min_pos").GetDouble(),
        MatchLowQuality = settings.GetProperty("match_low_quality").GetBoolean(),
    };

    /// <summary>Rows where rounding does not decide.</summary>
    private static Tensor Clear(Dictionary<string, Tensor> golden, string name, Tensor boxes, MaxIouAssignerOptions options)
    {
        var ambiguous = name.StartsWith("anchors.", StringComparison.Ordinal) ? golden["anchors.rpn.ambiguous"]
            : options.MatchLowQuality ? golden["proposals.ambiguous_lq"]
            : golden["proposals.ambiguous_no_lq"];
        return ambiguous.narrow(0, 0, boxes.shape[0]).eq(0);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
