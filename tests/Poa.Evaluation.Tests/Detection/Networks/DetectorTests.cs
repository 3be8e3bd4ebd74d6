using Poa.Evaluation.Dense;
using Poa.Evaluation.Dense.Backbones;
using Poa.Evaluation.Detection;
using Poa.Evaluation.Detection.Data;
using Poa.Evaluation.Detection.Networks;
using Poa.Evaluation.Detection.Operators;
using Poa.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Detection.Networks;

/// <summary>The whole detector on two small scenes: losses, gradients, learning, memory and what it finds.</summary>
public sealed class DetectorTests : IDisposable
{
    private readonly SceneSet scenes = new(2, 64, 64);
    private readonly CocoDetectionDataset set;
    private readonly ElasticViT teacher = TinyDetection.Teacher();
    private readonly DisposeScope scope = NewDisposeScope();

    public DetectorTests() => set = scenes.Open();

    [Fact]
    public void Losses_OneStep_AreNamedAsInMmdetAndReachEveryParameter()
    {
        // Small anchors, and few cells a region: so images of 64 pixels use all maps.
        using var detector = MakeDetector(frozen: false, TinyDetection.Detector with { AnchorScales = [1], FinestRegionCells = 1 });
        using var batch = Batch(0);

        var losses = detector.Losses(batch, new StepKey(1, 0));
        losses.Select(term => term.Value).Aggregate((sum, term) => sum + term).backward();

        Assert.Equal(
            ["loss_rpn_cls", "loss_rpn_bbox", "s0.loss_cls", "s0.loss_bbox", "s0.loss_mask", "s1.loss_cls", "s1.loss_bbox", "s1.loss_mask", "s2.loss_cls", "s2.loss_bbox", "s2.loss_mask"],
            losses.Select(term => term.Name));
        Assert.All(losses, term => Assert.True(term.Value.item<float>() is > 0 and < 100, $"{term.Name} is {term.Value.item<float>()}"));
        Assert.All(detector.named_parameters(), p => Assert.True(p.parameter.grad is { } grad && grad.abs().sum().item<float>() > 0, $"{p.name} has no gradient"));
    }

    [Fact]
    public void Losses_UntrainedNetwork_AreThoseOfChance()
    {
        using var detector = MakeDetector(frozen: true);
        using var batch = Batch(0);

        var losses = detector.Losses(batch, new StepKey(1, 0)).ToDictionary(term => term.Name, term => term.Value.item<float>());

        // Logits near 0: ln 2 for two outcomes, ln 3 for two classes and the background, the stage's weight times that.
        Assert.Equal(Math.Log(2), losses["loss_rpn_cls"], 0.03);
        Assert.Equal(Math.Log(3), losses["s0.loss_cls"], 0.1);
        Assert.Equal(0.5 * Math.Log(3), losses["s1.loss_cls"], 0.05);
        Assert.Equal(0.25 * Math.Log(3), losses["s2.loss_cls"], 0.03);
    }

    [Fact]
    public void Losses_SameStepTwice_AreEqual()
    {
        using var detector = MakeDetector(frozen: true);
        using var batch = Batch(0);

        Assert.Equal(Values(detector.Losses(batch, new StepKey(1, 5))), Values(detector.Losses(batch, new StepKey(1, 5))));
        Assert.NotEqual(Values(detector.Losses(batch, new StepKey(1, 5))), Values(detector.Losses(batch, new StepKey(1, 6))));
    }

    [Fact]
    public void Losses_ImagesWithoutObjects_AreFinite()
    {
        using var detector = MakeDetector(frozen: true);
        using var batch = Batch(0);
        var empty = batch with { Truths = [.. batch.Truths.Select(truth => new ImageTruth(truth.Boxes_G4[..0], truth.Labels_G[..0], truth.Masks_GHW![..0], truth.Crowds_K4))] };

        var losses = detector.Losses(empty, new StepKey(1, 0));
        losses.Select(term => term.Value).Aggregate((sum, term) => sum + term).backward();

        Assert.All(losses, term => Assert.True(float.IsFinite(term.Value.item<float>()), term.Name));
        Assert.Equal(0, losses.Single(term => term.Name == "s0.loss_mask").Value.item<float>());
        Assert.Equal(0, losses.Single(term => term.Name == "loss_rpn_bbox").Value.item<float>());
        Assert.All(detector.parameters(), p => Assert.True(p.grad is null || p.grad.isfinite().all().item<bool>()));
    }

    [Fact]
    public void Training_TwoImages_LossFallsAndMemoryIsFlat()
    {
        using var detector = MakeDetector(frozen: false);
        using var optimiser = optim.AdamW(detector.parameters().Where(p => p.requires_grad), lr: 3e-3);
        using var batch = Batch(0);
        var (losses, live) = (new List<double>(), new List<long>());
        for (var iteration = 0; iteration < 40; iteration++)
        {
            using var step = NewDisposeScope();
            optimiser.zero_grad();
            var total = detector.Losses(batch, new StepKey(1, iteration)).Select(term => term.Value).Aggregate((sum, term) => sum + term);
            total.backward();
            optimiser.step();
            losses.Add(total.item<float>());
            step.Dispose();
            live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }

        Assert.True(losses[^5..].Average() < 0.5 * losses[..3].Average(), string.Join(" ", losses.Select(loss => loss.ToString("F2"))));
        Assert.Equal(live[5], live[^1]);
    }

    [Fact]
    public void Detect_Image_GivesSortedBoxesAndMasksOfTheStoredImage()
    {
        using var detector = MakeDetector(frozen: true, TinyDetection.Detector with { ScoreThreshold = 0, MaxDetections = 7 });
        detector.eval();
        using var image = new DetectionSamples(set, TinyDetection.Options.Images with { TestShortSide = 96, LongSide = 96 }, masks: true).Test(1, out var stored);

        var found = detector.Detect(image, stored);

        var (boxes, scores) = (found.Boxes_D4.data<float>().ToArray(), found.Scores_D.data<float>().ToArray());
        Assert.Equal([7, 4], found.Boxes_D4.shape);
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.All(boxes, side => Assert.InRange(side, 0, 64));
        Assert.All(found.Labels_D.data<long>().ToArray(), label => Assert.InRange(label, 0, 1));
        Assert.Equal(7, found.Masks!.Count);
        Assert.All(found.Masks, mask => Assert.Equal((64, 64), (mask.Height, mask.Width)));
    }

    [Fact]
    public void Detect_NothingAboveTheThreshold_GivesNothing()
    {
        using var detector = MakeDetector(frozen: true, TinyDetection.Detector with { ScoreThreshold = 0.99 });
        detector.eval();
        using var image = new DetectionSamples(set, TinyDetection.Options.Images, masks: true).Test(0, out var stored);

        var found = detector.Detect(image, stored);

        Assert.Equal([0, 4], found.Boxes_D4.shape);
        Assert.Empty(found.Masks!);
    }

    [Fact]
    public void Maps_PatchesOfSevenPixels_CoverTheImageAtFractionalStrides()
    {
        using var odd = new ElasticViT(new() { ImageSize = 28, PatchSize = 7, MinEmbedDim = 16, MaxEmbedDim = 16, MinDepth = 2, MaxDepth = 2, HeadDim = 16 }, seed: 1);
        using var weights = ExtractedWeights.Of(odd, new(16, 2));
        using var backbone = new ViTBackbone((PlainViTConfiguration)weights.Configuration, weights.Tensors, "test", new() { PositionSkip = PositionSkip.EqualGrid });

        var maps = backbone.Forward(zeros(1, 3, 56, 84), step: null);

        Assert.Equal([1.75, 3.5, 7, 14], backbone.Maps.Select(map => map.Stride));
        Assert.All(maps.Zip(backbone.Maps), pair => Assert.Equal((56, 84), (pair.First.shape[2] * pair.Second.Stride, pair.First.shape[3] * pair.Second.Stride)));
        var last = new AnchorGrid(1.75, [8], [1]).Boxes(maps[0].shape[2], maps[0].shape[3])[^1].data<float>().ToArray();
        Assert.Equal([84 - 1.75f - 7, 56 - 1.75f - 7, 84 - 1.75f + 7, 56 - 1.75f + 7], last);
    }

    public void Dispose()
    {
        scope.Dispose();
        teacher.Dispose();
        scenes.Dispose();
    }

    private Detector MakeDetector(bool frozen, DetectorOptions? options = null)
    {
        using var weights = ExtractedWeights.Of(teacher, TinyDetection.SubNetwork);
        var backbone = new ViTBackbone((PlainViTConfiguration)weights.Configuration, weights.Tensors, "test", new() { IsFrozen = frozen, PositionSkip = PositionSkip.EqualGrid });
        return new(backbone, set.ClassNames.Count, options ?? TinyDetection.Detector, seed: 2, CPU);
    }

    private DetectionBatch Batch(long iteration)
    {
        var samples = new DetectionSamples(set, TinyDetection.Options.Images with { ShortSides = [64], FlipProbability = 0 }, masks: true);
        DetectionSample[] parts = [samples.Training(0, 1, iteration, 0), samples.Training(1, 1, iteration, 1)];
        var batch = samples.Batch(parts);
        Assert.All(parts, part => part.Dispose());
        return batch;
    }

    private static float[] Values(IReadOnlyList<Poa.Evaluation.Dense.Training.LossTerm> losses) => [.. losses.Select(term => term.Value.item<float>())];
}
