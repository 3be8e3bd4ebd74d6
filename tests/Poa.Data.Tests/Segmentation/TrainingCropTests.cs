using Poa.Data.Imaging;
using Poa.Data.Segmentation;
using Poa.Elastic;
using Xunit;

namespace Poa.Data.Tests.Segmentation;

public sealed class TrainingCropTests
{
    // Red is the column and green the row of the source pixel, so that a crop tells where it comes from; no normalisation.
    private static readonly Normalisation Plain = new([0, 0, 0], [1, 1, 1]);

    private static readonly SegmentationTransformOptions Unscaled = new()
    {
        LongSide = 100,
        ShortSide = 60,
        CropSize = 16,
        MinimumRatio = 1,
        MaximumRatio = 1,
        Photometric = null,
        Normalisation = Plain,
    };

    [Fact]
    public void Apply_AnySeed_LabelsBelongToTheirPixels()
    {
        var sample = Positions(100, 60);
        var offsets = new HashSet<(int, int)>();
        foreach (var seed in Enumerable.Range(0, 20))
        {
            var (pixels, labels) = Run(sample, Unscaled, seed);
            for (var i = 0; i < labels.Length; i++)
            {
                var (x, y) = ((int)Math.Round(pixels[i] * 255), (int)Math.Round(pixels[256 + i] * 255));
                Assert.Equal(LabelAt(x, y), labels[i]);
            }

            offsets.Add(((int)Math.Round(pixels[0] * 255), (int)Math.Round(pixels[256] * 255)));
        }

        Assert.True(offsets.Count > 15);
    }

    [Fact]
    public void Apply_FlipAlwaysAndNever_AreMirrorImages()
    {
        var sample = Positions(16, 16);
        var options = Unscaled with { LongSide = 16, ShortSide = 16, MaximumClassShare = 1 };

        var (plain, plainLabels) = Run(sample, options with { FlipProbability = 0 }, 1);
        var (mirrored, mirroredLabels) = Run(sample, options with { FlipProbability = 1 }, 1);

        for (var row = 0; row < 48; row++)
        {
            Assert.Equal(plain[(row * 16)..((row + 1) * 16)], mirrored[(row * 16)..((row + 1) * 16)].Reverse());
        }

        for (var row = 0; row < 16; row++)
        {
            Assert.Equal(plainLabels[(row * 16)..((row + 1) * 16)], mirroredLabels[(row * 16)..((row + 1) * 16)].Reverse());
        }
    }

    [Fact]
    public void Apply_ImageSmallerThanTheCrop_IsPaddedAtRightAndBottom()
    {
        var sample = Positions(10, 6);
        var options = Unscaled with { LongSide = 10, ShortSide = 6, FlipProbability = 1, Normalisation = Normalisation.ImageNet };

        var (pixels, labels) = Run(sample, options, 1);

        for (var i = 0; i < labels.Length; i++)
        {
            var isInside = i % 16 < 10 && i / 16 < 6;
            Assert.Equal(isInside, labels[i] != LabelMap.Ignored);
            Assert.Equal(isInside, pixels[i] != 0);
        }
    }

    [Fact]
    public void Apply_OneClassPrevails_CropIsDrawnAgain()
    {
        // Class 1 is a strip of 8 columns at the right; everything else is class 0.
        var labels = Enumerable.Range(0, 100 * 60).Select(i => (byte)(i % 100 >= 92 ? 1 : 0)).ToArray();
        var sample = new SegmentationSample(Positions(100, 60).Image, new LabelMap(100, 60, labels));

        int Mixed(int retries) => Enumerable.Range(0, 200).Count(seed => Run(sample, Unscaled with { CropRetries = retries }, seed).Labels.Distinct().Count() > 1);

        // A crop is mixed enough when it starts in the last 4 of 85 columns or so: one draw finds few, eleven draws find many.
        Assert.InRange(Mixed(0), 2, 40);
        Assert.InRange(Mixed(10), 70, 140);
    }

    [Fact]
    public void Apply_RatioOfTwo_ShowsHalfAsMuch()
    {
        var sample = Positions(100, 60);

        var (pixels, _) = Run(sample, Unscaled with { MinimumRatio = 2, MaximumRatio = 2, FlipProbability = 0 }, 3);

        Assert.Equal(7.5, (pixels[15] - pixels[0]) * 255, 0.6);
        Assert.Equal(7.5, (pixels[256 + 240] - pixels[256]) * 255, 0.6);
    }

    [Fact]
    public void Fill_AnyOrderOfBatches_GivesTheSame()
    {
        var batches = new SegmentationTrainingBatches(new OneImage(Positions(100, 60)), new() { LongSide = 100, ShortSide = 60, CropSize = 16 }, batchSize: 2, seed: 4);
        float[] Made(long number)
        {
            var batch = batches.CreateBuffer();
            batches.Fill(batch, number, 1, new CropWorkspace());
            batches.Fill(batch, number, 0, new CropWorkspace());
            return batch.Pixels.ToArray();
        }

        var fifth = Made(5);

        Assert.NotEqual(fifth, Made(6));
        Assert.Equal(fifth, Made(5));
        Assert.NotEqual(fifth[..768], fifth[768..]);
    }

    private static byte LabelAt(int x, int y) => (byte)(((x / 4) + (y / 4)) % 3);

    private static SegmentationSample Positions(int width, int height)
    {
        var pixels = new byte[width * height * RgbImage.BytesPerPixel];
        var labels = new byte[width * height];
        for (var i = 0; i < labels.Length; i++)
        {
            (pixels[4 * i], pixels[(4 * i) + 1], pixels[(4 * i) + 2]) = ((byte)(i % width), (byte)(i / width), 200);
            labels[i] = LabelAt(i % width, i / width);
        }

        return new(new RgbImage(width, height, pixels), new LabelMap(width, height, labels));
    }

    private static (float[] Pixels, byte[] Labels) Run(SegmentationSample sample, SegmentationTransformOptions options, long seed)
    {
        var (pixels, labels) = (new float[3 * 256], new byte[256]);
        new TrainingCrop(options).Apply(sample, Randomness.For(seed, RandomPurpose.Testing), new CropWorkspace(), pixels, labels);
        return (pixels, labels);
    }

    private sealed class OneImage(SegmentationSample sample) : ISegmentationDataset
    {
        public int Count => 1;

        public int Classes => 3;

        public IReadOnlyList<string>? ClassNames => null;

        public string Name => "one";

        public string Fingerprint => "one";

        public SegmentationSample Load(int index) => sample;
    }
}
