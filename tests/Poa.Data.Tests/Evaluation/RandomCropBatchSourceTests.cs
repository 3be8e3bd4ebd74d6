using Poa.Data.Datasets;
using Poa.Data.Evaluation;
using Poa.Data.Imaging;
using Poa.Elastic;
using Xunit;

namespace Poa.Data.Tests.Evaluation;

public sealed class RandomCropBatchSourceTests
{
    private const int Count = 10;

    private static readonly RandomCropTransform Transform = new(8, new RandomCrop(new Interval(0.2, 1), new Interval(0.75, 1.25)), 0.5, Normalisation.ImageNet);

    private static readonly RandomCropLoading Loading = new() { BatchSize = 7, PartSize = 3, Seed = 4 };

    [Fact]
    public void Next_EnteredAtAStep_GivesTheSameBytesAsComingToIt()
    {
        using var whole = new RandomCropBatchSource(new Noise(), Transform, Loading);
        using var late = new RandomCropBatchSource(new Noise(), Transform, Loading with { Threads = 3 }, firstStep: 2);

        var steps = Enumerable.Range(0, 4).Select(_ => Step(whole)).ToArray();

        Assert.Equal(steps[2], Step(late));
        Assert.Equal(steps[3], Step(late));
        Assert.NotEqual(steps[0], steps[1]);
    }

    [Fact]
    public void Next_PartsOfAnotherSize_HoldTheSameImages()
    {
        using var small = new RandomCropBatchSource(new Noise(), Transform, Loading);
        using var large = new RandomCropBatchSource(new Noise(), Transform, Loading with { PartSize = 100 });

        Assert.Equal((3, 1), (small.PartsPerStep, large.PartsPerStep));
        Assert.Equal(Step(small), Step(large));
        Assert.Equal(Step(small), Step(large));
    }

    [Fact]
    public void Next_TenStepsOfSeven_VisitEachOfTenImagesSevenTimes()
    {
        using var source = new RandomCropBatchSource(new Noise(), Transform, Loading);

        var visits = new int[Count];
        for (var part = 0; part < 10 * source.PartsPerStep; part++)
        {
            foreach (var label in source.Next(TestContext.Current.CancellationToken).Labels.Span)
            {
                visits[label]++;
            }
        }

        Assert.All(visits, count => Assert.Equal(7, count));
    }

    [Fact]
    public void Next_UnreadableImage_FailsOrIsReplacedByTheNextWhereAllowed()
    {
        using var strict = new RandomCropBatchSource(new Noise(unreadable: 4), Transform, Loading with { BatchSize = Count, PartSize = Count });
        using var lenient = new RandomCropBatchSource(new Noise(unreadable: 4), Transform, Loading with { BatchSize = Count, PartSize = Count, AllowUnreadable = true });

        Assert.Contains("noise #4", Assert.Throws<UnreadableImageException>(() => strict.Next(TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        int[] labels = [.. lenient.Next(TestContext.Current.CancellationToken).Labels.ToArray().Order()];
        Assert.Equal([0, 1, 2, 3, 5, 5, 6, 7, 8, 9], labels);
    }

    [Fact]
    public void Next_NoImageReadable_SaysSo()
    {
        using var source = new RandomCropBatchSource(new Noise(unreadable: -1), Transform, Loading with { AllowUnreadable = true });

        Assert.Contains("None of the 10 images", Assert.Throws<DatasetException>(() => source.Next(TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Transform_MirroredAndNot_AreMirrorImages()
    {
        var image = new Noise().Load(3);
        var (plain, mirrored) = (new float[3 * 8 * 8], new float[3 * 8 * 8]);
        (Transform with { FlipProbability = 0 }).Apply(image, Randomness.For(1, RandomPurpose.Testing), new EvaluationWorkspace(), plain);
        (Transform with { FlipProbability = 1 }).Apply(image, Randomness.For(1, RandomPurpose.Testing), new EvaluationWorkspace(), mirrored);

        for (var row = 0; row < 3 * 8; row++)
        {
            Assert.Equal(plain.Skip(row * 8).Take(8).Reverse(), mirrored.Skip(row * 8).Take(8));
        }
    }

    private static List<float> Step(RandomCropBatchSource source)
    {
        var (values, labels) = (new List<float>(), new List<float>());
        for (var part = 0; part < source.PartsPerStep; part++)
        {
            var batch = source.Next(TestContext.Current.CancellationToken);
            values.AddRange(batch.Pixels.Span);
            labels.AddRange(batch.Labels.ToArray().Select(label => (float)label));
        }

        return [.. values, .. labels];
    }

    /// <summary>Ten noisy images, each of its own class; one, or (-1) none, can be read.</summary>
    private sealed class Noise(int? unreadable = null) : IImageDataset
    {
        public int Count => RandomCropBatchSourceTests.Count;

        public IReadOnlyList<string> ClassNames { get; } = [.. Enumerable.Range(0, RandomCropBatchSourceTests.Count).Select(i => $"c{i}")];

        public string Name => "noise";

        public string Fingerprint => "noise";

        public int? LabelOf(int index) => index;

        public string DescribeItem(int index) => $"noise #{index}";

        public RgbImage Load(int index)
        {
            if (unreadable == index || unreadable == -1)
            {
                throw new UnreadableImageException(DescribeItem(index), "it is damaged for the test");
            }

            var random = Randomness.For(9, RandomPurpose.Testing, 0, index);
            var pixels = new byte[16 * 12 * RgbImage.BytesPerPixel];
            for (var i = 0; i < pixels.Length; i++)
            {
                pixels[i] = (byte)random.NextInt32(256);
            }

            return new RgbImage(16, 12, pixels);
        }
    }
}
