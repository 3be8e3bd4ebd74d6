using Poa.Data.Loading;
using Poa.Evaluation.Detection.Coco;
using Poa.Evaluation.Detection.Data;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Detection.Data;

/// <summary>Images, masks and boxes are changed alike, and what is drawn depends on seed, iteration and place only.</summary>
public sealed class DetectionSamplesTests : IDisposable
{
    private static readonly DetectionImageOptions Small = new()
    {
        ShortSides = [48, 56, 64],
        LongSide = 96,
        ShortSidesBeforeCrop = [40, 50],
        CropLeast = 24,
        CropMost = 40,
        TestShortSide = 64,
    };

    private readonly SceneSet scenes = new(4, 70, 52);
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    [Fact]
    public void Recipe_PapersSizes_StayInTheProtocolsRanges()
    {
        var recipe = new DetectionRecipe(new());
        var all = Enumerable.Range(0, 400).Select(i => recipe.Training(new(427, 640), 3, 0, i)).ToList();

        Assert.All(all, steps => Assert.Contains(Math.Min(((Resize)steps[^1]).To.Height, ((Resize)steps[^1]).To.Width), Enumerable.Range(15, 11).Select(i => 32 * i)));
        Assert.InRange(all.Count(steps => steps[0] is Mirror), 150, 250);
        var crops = all.SelectMany(steps => steps.OfType<Crop>()).ToList();
        Assert.InRange(crops.Count, 150, 250);
        Assert.All(crops, crop => Assert.True(crop.Part.Height is >= 384 and <= 600 && crop.Part.Width is >= 384 and <= 600 && crop.Top >= 0 && crop.Left >= 0));
        Assert.Equal(new Resize(new(800, 1199)), recipe.Test(new(427, 640)));
    }

    [Fact]
    public void Recipe_LongImage_IsLimitedByItsLongSide() =>
        Assert.Equal(new Resize(new(444, 1333)), new DetectionRecipe(new()).Test(new(200, 600)));

    [Fact]
    public void Training_SameArguments_GiveTheSameBatch_OthersAnother()
    {
        var samples = new DetectionSamples(scenes.Open(), Small, masks: true);

        using var first = Batch(samples, [0, 1], 5, 9);
        using var again = Batch(samples, [0, 1], 5, 9);
        using var later = Batch(samples, [0, 1], 5, 10);

        Assert.Equal(first.Shapes, again.Shapes);
        Assert.True(first.Images_BCHW.Equals(again.Images_BCHW));
        Assert.True(first.Truths[1].Boxes_G4.Equals(again.Truths[1].Boxes_G4));
        Assert.False(first.Shapes.SequenceEqual(later.Shapes) && first.Images_BCHW.Equals(later.Images_BCHW));
    }

    [Fact]
    public void Training_ManyDraws_BoxesEncloseMasksAndShowTheirObject()
    {
        var samples = new DetectionSamples(scenes.Open(), Small, masks: true);
        var objects = 0;
        for (var iteration = 0; iteration < 30; iteration++)
        {
            using var step = NewDisposeScope();
            using var batch = Batch(samples, [0, 1, 2, 3], 1, iteration);
            Assert.Equal(0, batch.Images_BCHW.shape[2] % 32);
            for (var i = 0; i < 4; i++)
            {
                objects += Check(batch.Truths[i], batch.Shapes[i].Image, batch.Images_BCHW[i]);
            }
        }

        Assert.InRange(objects, 120, 240);
    }

    [Fact]
    public void Filler_Batches_AreWholeAndLeaveNothing()
    {
        var samples = new DetectionSamples(scenes.Open(), Small, masks: true);
        var live = TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var shapes = new List<BatchImage>();
        using (var filler = new DetectionBatchFiller(samples, [1, 3], batchSize: 2, seed: 4))
        using (var loader = new OrderedPrefetcher<DetectionBatchFiller.Buffer, object>(filler, 0, 3, threads: 0, ahead: 1, "test"))
        {
            while (loader.Next(TestContext.Current.CancellationToken) is { } buffer)
            {
                Assert.Equal(2, buffer.Batch!.Truths.Count);
                Assert.All(buffer.Samples, Assert.Null);
                shapes.AddRange(buffer.Batch.Shapes);
            }
        }

        Assert.Equal(6, shapes.Count);
        Assert.Equal(live, TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Boxes_Mirrored_AreMeasuredFromTheOtherSide()
    {
        var truth = ImageTruth.Of(new([new(1, new CocoBox(2, 3, 10, 20), 4, null)], [new CocoBox(0, 0, 5, 5)]), new(40, 50), masks: false);

        var after = truth.After([new Mirror(), new Resize(new(80, 150)), new Crop(10, 100, new(30, 40))], new(40, 50));

        // Mirrored 38..48, times 3 is 114..144, less 100 is 14..44, and the crop ends at 40.
        Assert.Equal([14, 0, 40, 30], after.Boxes_G4.data<float>().ToArray());
        Assert.Equal([4], after.Labels_G.data<long>().ToArray());
        Assert.Equal([0, 4], after.Crowds_K4.shape);
    }

    [Fact]
    public void Crop_NothingLeft_KeepsTheImageWithoutObjects()
    {
        var truth = ImageTruth.Of(new([new(1, new CocoBox(0, 0, 4, 4), 1, CocoSegmentation.Of([[0, 0, 4, 0, 4, 4]]))], []), new(40, 50), masks: true);

        var after = truth.After([new Crop(20, 20, new(10, 10)), new Resize(new(20, 20))], new(40, 50)).Padded(new(32, 32));

        Assert.Equal([0, 4], after.Boxes_G4.shape);
        Assert.Equal([0], after.Labels_G.shape);
        Assert.Equal([0, 32, 32], after.Masks_GHW!.shape);
    }

    [Fact]
    public void Test_Image_IsResizedNormalisedAndPadded()
    {
        using var batch = new DetectionSamples(scenes.Open(), Small, masks: true).Test(0, out var stored);

        Assert.Equal(new PixelSize(52, 70), stored);
        Assert.Equal(new PixelSize(64, 86), batch.Shapes[0].Image);
        Assert.Equal([1, 3, 64, 96], batch.Images_BCHW.shape);
        Assert.Equal(0, batch.Images_BCHW.narrow(3, 86, 10).abs().max().item<float>());
        Assert.InRange(batch.Images_BCHW.min().item<float>(), -2.2f, -1.5f);
    }

    public void Dispose()
    {
        scope.Dispose();
        scenes.Dispose();
    }

    private static DetectionBatch Batch(DetectionSamples samples, int[] images, long seed, long iteration)
    {
        DetectionSample[] parts = [.. images.Select((image, place) => samples.Training(image, seed, iteration, place))];
        var batch = samples.Batch(parts);
        Assert.All(parts, part => part.Dispose());
        return batch;
    }

    private static int Check(ImageTruth truth, PixelSize image, Tensor pixels_CHW)
    {
        var count = (int)truth.Boxes_G4.shape[0];
        Assert.Equal(count, truth.Labels_G.shape[0]);
        Assert.Equal(pixels_CHW.shape[1..], truth.Masks_GHW!.shape[1..]);
        for (var g = 0; g < count; g++)
        {
            var box = truth.Boxes_G4[g].data<float>().ToArray();
            Assert.True(box[0] >= 0 && box[1] >= 0 && box[2] <= image.Width && box[3] <= image.Height && box[2] > box[0] && box[3] > box[1]);
            var places = truth.Masks_GHW[g].nonzero();
            if (places.shape[0] == 0)
            {
                continue;
            }

            // Mask pixels lie in the box, up to the rounding of nearest neighbours, enlarged with the crop.
            var (top, bottom) = (places.select(1, 0).min().item<long>(), places.select(1, 0).max().item<long>());
            var (left, right) = (places.select(1, 1).min().item<long>(), places.select(1, 1).max().item<long>());
            Assert.InRange(left, box[0] - 4, box[2]);
            Assert.InRange(top, box[1] - 4, box[3]);
            Assert.InRange(right, box[0], box[2] + 4);
            Assert.InRange(bottom, box[1], box[3] + 4);
            if (truth.Labels_G[g].item<long>() == 1 && places.shape[0] > 100)
            {
                // The later drawn triangle is yellow: red is near 2 under its mask and near -1.4 elsewhere; a narrow rest of it may be off by its rounding.
                Assert.InRange(pixels_CHW[0].masked_select(truth.Masks_GHW[g].to(ScalarType.Bool)).mean().item<float>(), 0.6f, 2);
            }
        }

        return count;
    }
}
