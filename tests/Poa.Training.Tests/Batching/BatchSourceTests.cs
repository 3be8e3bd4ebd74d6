using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Poa.Data.Datasets;
using Poa.Data.Imaging;
using Poa.Elastic;
using Poa.Training.Batching;
using Poa.Training.Exchange;
using TorchSharp;
using Xunit;

namespace Poa.Training.Tests.Batching;

public sealed class BatchSourceTests
{
    private static readonly PoaConfiguration Configuration = new()
    {
        Train = new TrainOptions { BatchSizePerGpu = 4, Seed = 5, NumWorkers = 2, PrefetchBatches = 2 },
        Crops = new CropsOptions { GlobalCropsSize = 16, LocalCropsSize = 8, LocalCropsNumber = 3 },
        Student = new StudentOptions { PatchSize = 4 },
    };

    private static PoaConfiguration InTwo => Configuration with { Train = Configuration.Train with { VirtualShards = 2 } };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(3, 4)]
    public void NextOnHost_AnyThreadsAndPrefetch_GivesTheSameBytes(int workers, int prefetch)
    {
        var configuration = Configuration with { Train = Configuration.Train with { NumWorkers = workers, PrefetchBatches = prefetch } };
        Assert.Equal(Hashes(Configuration, new NoiseDataset(10), 0, 12), Hashes(configuration, new NoiseDataset(10), 0, 12));
    }

    [Fact]
    public void NextOnHost_StartedLater_GivesTheSameBytesAsTheUnbrokenRun()
    {
        // 10 images in batches of 4: iteration 7 begins in the middle of the third pass over the set.
        var unbroken = Hashes(Configuration, new NoiseDataset(10), 0, 15);
        Assert.Equal(unbroken[7..], Hashes(Configuration, new NoiseDataset(10), 7, 8));
        Assert.Equal(unbroken.Length, unbroken.Distinct().Count());
    }

    [Fact]
    public void NextOnHost_AnotherSeed_GivesOtherBytes()
    {
        var other = Configuration with { Train = Configuration.Train with { Seed = 6 } };
        Assert.Empty(Hashes(Configuration, new NoiseDataset(10), 0, 3).Intersect(Hashes(other, new NoiseDataset(10), 0, 3)));
    }

    [Fact]
    public void NextOnHost_VirtualShards_HaveThePartsOfTheWholeBatchAndMasksOfTheirOwn()
    {
        var set = new NoiseDataset(10);
        using var whole = new BatchSource(set, Configuration, 3);
        using var cut = new BatchSource(set, InTwo, 3);
        for (var i = 0; i < 4; i++)
        {
            var all = whole.NextOnHost(Stop);
            for (var shard = 0; shard < 2; shard++)
            {
                var part = cut.NextOnHost(Stop);
                Assert.Equal((3L + i, 2), (part.Iteration, part.Layout.Images));
                for (var image = 0; image < 2; image++)
                {
                    for (var crop = 0; crop < 2; crop++)
                    {
                        Assert.Equal(all.GlobalCrop(crop, (2 * shard) + image), part.GlobalCrop(crop, image));
                    }

                    for (var crop = 0; crop < 3; crop++)
                    {
                        Assert.Equal(all.LocalCrop(crop, (2 * shard) + image), part.LocalCrop(crop, image));
                    }
                }

                // Half of each shard's crops, unless no rectangle fits the drawn count.
                Assert.InRange(part.Masks.Masks.Chunk(part.Layout.Tokens).Count(mask => mask.Contains(true)), 1, 2);
            }
        }
    }

    [Fact]
    public void NextOnHost_OneVirtualShard_IsThatOfASourceOfAll()
    {
        using var both = new BatchSource(new NoiseDataset(10), InTwo, 2);
        using var second = new BatchSource(new NoiseDataset(10), InTwo, 2, new ShardRange(1, 1));
        var all = Take(both, 8);
        Assert.Equal(all.Where((_, place) => place % 2 == 1), Take(second, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchSource(new NoiseDataset(10), InTwo, 2, new ShardRange(1, 2)));
    }

    [Fact]
    public void NextOnHost_OnePass_UsesEveryImageOnce()
    {
        var set = new NoiseDataset(12);
        using var source = new BatchSource(set, Configuration with { Train = Configuration.Train with { NumWorkers = 0 } });
        for (var i = 0; i < 3; i++)
        {
            source.NextOnHost(Stop);
        }

        Assert.Equal(Enumerable.Range(0, 12), set.Loaded.Order());
        Assert.NotEqual(Enumerable.Range(0, 12), set.Loaded);
    }

    [Fact]
    public void Next_Batch_HasTheTensorsOfTheHostBatch()
    {
        using var onHost = new BatchSource(new NoiseDataset(10), Configuration, 2);
        using var source = new BatchSource(new NoiseDataset(10), Configuration, 2);
        var host = onHost.NextOnHost(Stop);
        using var batch = source.Next(torch.CPU, Stop);

        Assert.Equal((2L, 4), (batch.Iteration, batch.ImageCount));
        Assert.Equal([8, 3, 16, 16], batch.GlobalCrops.shape);
        Assert.Equal([12, 3, 8, 8], batch.LocalCrops!.shape);
        Assert.Equal([8, 16], batch.Masks.shape);
        Assert.Equal(host.GlobalCrops, batch.GlobalCrops.data<float>().ToArray());
        Assert.Equal(host.LocalCrops, batch.LocalCrops.data<float>().ToArray());
        Assert.Equal(host.Masks.Masks, batch.Masks.data<bool>().ToArray());
        Assert.Equal(host.Masks.Indices, batch.MaskIndices.data<long>().ToArray());
        Assert.Equal(host.Masks.Weights, batch.MaskWeights.data<float>().ToArray());

        // Crop-major: row 5 is the second crop of image 1.
        Assert.Equal(host.GlobalCrop(1, 1).ToArray(), batch.GlobalCrops[5].reshape(-1).data<float>().ToArray());
    }

    [Fact]
    public void Next_NoLocalCrops_HasNoLocalTensor()
    {
        using var source = new BatchSource(new NoiseDataset(5), Configuration with { Crops = Configuration.Crops with { LocalCropsNumber = 0 } });
        using var batch = source.Next(cancellationToken: Stop);
        Assert.Null(batch.LocalCrops);
    }

    [Fact]
    public void Next_InsideAScope_OutlivesItAndDisposesEverything()
    {
        using var source = new BatchSource(new NoiseDataset(5), Configuration);
        TrainingBatch batch;
        using (torch.NewDisposeScope())
        {
            batch = source.Next(cancellationToken: Stop);
        }

        Assert.False(batch.GlobalCrops.IsInvalid);
        batch.Dispose();
        Assert.True(batch.GlobalCrops.IsInvalid && batch.LocalCrops!.IsInvalid && batch.Masks.IsInvalid && batch.MaskIndices.IsInvalid && batch.MaskWeights.IsInvalid);
    }

    [Fact]
    public void NextOnHost_UnreadableImages_AreReplacedTheSameWayAndReportedOnce()
    {
        int[] damaged = [0, 3, 4, 9];
        var reports = new ConcurrentBag<string>();
        using var source = new BatchSource(new NoiseDataset(10, damaged), Configuration, onUnreadable: e => reports.Add(e.Item));
        var hashes = Take(source, 15);

        Assert.Equal(damaged.Select(i => $"#{i}"), reports.Order());
        Assert.Equal(damaged.Select(i => $"#{i}"), source.Unreadable.Select(e => e.Item).Order());
        Assert.Equal(hashes[6..], Hashes(Configuration with { Train = Configuration.Train with { NumWorkers = 1 } }, new NoiseDataset(10, damaged), 6, 9));

        // The next readable image takes the place of a damaged one, whatever its views are: 5 stands for 3 and 4, and 1 for 9 and 0.
        var repaired = new NoiseDataset(10, replacements: new() { [0] = 1, [3] = 5, [4] = 5, [9] = 1 });
        Assert.Equal(hashes, Hashes(Configuration, repaired, 0, 15));
    }

    [Fact]
    public void NextOnHost_NoImageReadable_ThrowsAndNamesOne()
    {
        using var source = new BatchSource(new NoiseDataset(3, [0, 1, 2]), Configuration);
        var error = Assert.Throws<DatasetException>(() => source.NextOnHost(Stop));
        Assert.Contains("None of the 3 images of noise", error.Message, StringComparison.Ordinal);
        Assert.Contains("broken on purpose", error.Message, StringComparison.Ordinal);
    }

    private static string[] Hashes(PoaConfiguration configuration, NoiseDataset dataset, long start, int count)
    {
        using var source = new BatchSource(dataset, configuration, start);
        return Take(source, count);
    }

    private static string[] Take(BatchSource source, int count)
    {
        var hashes = new string[count];
        for (var i = 0; i < count; i++)
        {
            var batch = source.NextOnHost(Stop);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(MemoryMarshal.AsBytes<float>(batch.GlobalCrops));
            hash.AppendData(MemoryMarshal.AsBytes<float>(batch.LocalCrops));
            hash.AppendData(MemoryMarshal.AsBytes<bool>(batch.Masks.Masks));
            hash.AppendData(MemoryMarshal.AsBytes<float>(batch.Masks.Weights));
            hashes[i] = Convert.ToHexString(hash.GetHashAndReset());
        }

        return hashes;
    }

    private sealed class NoiseDataset(int count, int[]? damaged = null, Dictionary<int, int>? replacements = null) : IImageDataset
    {
        public ConcurrentQueue<int> Loaded { get; } = new();

        public int Count => count;

        public IReadOnlyList<string>? ClassNames => null;

        public string Name => "noise";

        public string Fingerprint => "0";

        public int? LabelOf(int index) => null;

        public string DescribeItem(int index) => $"#{index}";

        public RgbImage Load(int index)
        {
            Loaded.Enqueue(index);
            if (damaged?.Contains(index) == true)
            {
                throw new UnreadableImageException(DescribeItem(index), "broken on purpose");
            }

            var random = Randomness.For(77, RandomPurpose.Testing, replacements?.GetValueOrDefault(index, index) ?? index);
            var pixels = new byte[20 * 18 * 4];
            for (var i = 0; i < pixels.Length; i++)
            {
                pixels[i] = (byte)random.NextInt32(256);
            }

            return new RgbImage(20, 18, pixels);
        }
    }
}
