using Poa.Evaluation.Detection.Operators;
using Poa.Testing;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Detection.Operators;

/// <summary>mmdet's losses and their gradients, to 1e-5.</summary>
[Trait("Category", Golden.Trait)]
public sealed class LossGoldenTests
{
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Betas() => [.. DetOps.Cases("losses", "smooth_l1.", ".elem")];

    [Theory]
    [MemberData(nameof(Betas))]
    public void SmoothL1_GoldenBeta_AgreesByElementAndWeighted(string name)
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("losses");
        var settings = DetOps.Settings.GetProperty("losses").GetProperty("smooth_l1");
        var (beta, average) = (settings.GetProperty(name).GetDouble(), settings.GetProperty("avg_factor").GetInt32());
        var (prediction, target, weight) = (golden["smooth_l1.pred"].requires_grad_(), golden["smooth_l1.target"], golden["smooth_l1.weight"]);

        var loss = DetectionLosses.SmoothL1(prediction, target, weight, beta, average);
        loss.backward();

        DetOps.Close(golden[$"smooth_l1.{name}.weighted_avg{average}"].view([]), loss, Tolerance);
        DetOps.Close(golden[$"smooth_l1.{name}.grad"], prediction.grad!, Tolerance);
        for (var i = 0; i < prediction.numel(); i++)
        {
            Tensor One(Tensor values) => values.detach().view(-1, 1).narrow(0, i, 1);
            DetOps.Close(One(golden[$"smooth_l1.{name}.elem"]).view([]), DetectionLosses.SmoothL1(One(prediction), One(target), null, beta, 1), Tolerance);
        }
    }

    public static TheoryData<string> Epsilons() => [.. DetOps.Settings.GetProperty("losses").GetProperty("giou_eps").EnumerateObject().Select(e => e.Name)];

    [Theory]
    [MemberData(nameof(Epsilons))]
    public void Giou_GoldenEpsilon_AgreesByBoxAndInGradient(string name)
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("losses");
        var eps = DetOps.Settings.GetProperty("losses").GetProperty("giou_eps").GetProperty(name).GetDouble();
        var (prediction, target) = (golden["giou.pred"].requires_grad_(), golden["giou.target"]);
        var suffix = name.Replace('_', '-');

        DetectionLosses.Giou(prediction, target, null, 1, eps).backward();

        DetOps.Close(golden[$"giou.loss_{suffix}"], 1 - BoxOverlaps.AlignedGiou(prediction, target, eps), Tolerance);
        DetOps.Close(golden[$"giou.grad_sum_{suffix}"], prediction.grad!, Tolerance);
    }

    [Fact]
    public void Giou_GoldenWeights_AgreesInLossAndGradient()
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("losses");
        var settings = DetOps.Settings.GetProperty("losses").GetProperty("giou_weighted");
        var (factor, average) = (settings.GetProperty("loss_weight").GetDouble(), settings.GetProperty("avg_factor").GetInt32());
        var prediction = golden["giou.pred"].requires_grad_();

        var loss = DetectionLosses.Giou(prediction, golden["giou.target"], golden["giou.weight"], average, settings.GetProperty("eps").GetDouble()) * factor;
        loss.backward();

        DetOps.Close(golden[$"giou.weighted_loss_x{factor}_avg{average}"].view([]), loss, Tolerance);
        DetOps.Close(golden["giou.weighted_grad"], prediction.grad!, Tolerance);
    }

    [Fact]
    public void Giou_BoxesWithoutAreaOrInCommon_AgreesInLoss()
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("losses");

        DetOps.Close(
            golden["giou_degenerate.loss"],
            1 - BoxOverlaps.AlignedGiou(golden["giou_degenerate.pred"], golden["giou_degenerate.target"], DetectionLosses.GiouEpsilon),
            Tolerance);
    }

    public static TheoryData<string> Stages() => [.. DetOps.Cases("bbox_coder", "", ".giou_loss")];

    // Predictions are given for the last boxes; those in front decode to extremes.
    [Theory]
    [MemberData(nameof(Stages))]
    public void Giou_ThroughDecoding_AgreesInLossAndGradient(string stage)
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("bbox_coder");
        var coder = new DeltaBoxCoder([.. DetOps.Settings.GetProperty("bbox_coder").GetProperty("stds").GetProperty(stage).Doubles()]);
        var deltas = golden[$"{stage}.giou_pred"].requires_grad_();
        Tensor Last(Tensor boxes) => boxes.narrow(0, boxes.shape[0] - deltas.shape[0], deltas.shape[0]);

        var loss = DetectionLosses.Giou(coder.Decode(Last(golden["rois"]), deltas), Last(golden["gts"]), null, 1);
        loss.backward();

        DetOps.Close(golden[$"{stage}.giou_loss"].view([]), loss, 1e-5, 1e-5);
        DetOps.Close(golden[$"{stage}.giou_grad"], deltas.grad!, 1e-5, 1e-5);
    }

    [Fact]
    public void Objectness_GoldenAnchors_AgreesInLossAndGradient()
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("losses");
        var foreground = DetOps.Settings.GetProperty("losses").GetProperty("rpn_bce").GetProperty("foreground_label").GetInt32();
        var (logits, weight) = (golden["rpn_bce.logits"].requires_grad_(), golden["rpn_bce.weight"]);

        var loss = DetectionLosses.Objectness(logits.squeeze(1), golden["rpn_bce.labels_0_is_fg_1_is_bg"].eq(foreground), weight, weight.sum().item<float>());
        loss.backward();

        DetOps.Close(golden["rpn_bce.loss_avg_sum_of_weights"].view([]), loss, Tolerance);
        DetOps.Close(golden["rpn_bce.grad"], logits.grad!, Tolerance);
    }

    [Fact]
    public void Masks_GoldenSamples_AgreesInLossAndGradient()
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("losses");
        var (logits, labels) = (golden["mask_bce.logits"].requires_grad_(), golden["mask_bce.labels"]);

        var loss = DetectionLosses.Masks(logits, labels, golden["mask_bce.target"]);
        loss.backward();

        DetOps.Close(golden["mask_bce.loss"].view([]), loss, Tolerance);
        var own = logits.grad![arange(labels.shape[0]), labels];
        DetOps.Close(golden["mask_bce.grad_selected"], own, Tolerance);
        Assert.Equal(own.abs().sum().item<float>(), logits.grad!.abs().sum().item<float>(), 1e-6);
    }

    [Fact]
    public void BoxHeadLoss_GoldenStage_AgreesInLossesAndGradients()
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("bbox_head_loss");
        var settings = GoldenDownstream.Json("det_ops/bbox_head_loss.json");
        var head = new BoxHeadLoss(new([.. settings.GetProperty("stds").Doubles()]), settings.GetProperty("loss_bbox_weight").GetDouble());
        var (logits, deltas) = (golden["cls_score"].requires_grad_(), golden["bbox_pred"].requires_grad_());

        // The box losses of a box's four sides are one: mmdet takes the mean of their weights.
        var (classes, boxes) = head.Of(
            logits, deltas, golden["rois"].narrow(1, 1, 4), golden["labels"], golden["bbox_targets"], golden["label_weights"], golden["bbox_weights"].mean([1L]));
        (classes + boxes).backward();

        Assert.Equal(DetectionLosses.GiouEpsilon, settings.GetProperty("giou_eps").GetDouble());
        DetOps.Close(golden["loss_cls"].view([]), classes, Tolerance);
        DetOps.Close(golden["loss_bbox"].view([]), boxes, Tolerance);
        DetOps.Close(golden["grad_cls_score"], logits.grad!, Tolerance);
        DetOps.Close(golden["grad_bbox_pred"], deltas.grad!, Tolerance);
    }
}
