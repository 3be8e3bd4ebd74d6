using Poa.Data.Datasets;
using Poa.Data.Imaging;
using Poa.Data.Loading;
using Poa.Elastic;
using Poa.Training.Augmentation;
using Poa.Training.Exchange;
using Poa.Training.Masking;

namespace Poa.Training.Batching;

/// <summary>
/// Makes the content of training batches, numbered from the first virtual shard of iteration 0 on: one part is one image with all
/// its views.
/// </summary>
internal sealed class BatchFiller : IBatchFiller<HostBatch, ViewRenderer>
{
    private readonly IImageDataset dataset;
    private readonly long seed;
    private readonly ShardRange shards;
    private readonly int globalBatch;
    private readonly DataOrder order;
    private readonly ViewRecipe[] globals;
    private readonly ViewRecipe local;
    private readonly Normalisation normalisation;
    private readonly MaskSampler masks;
    private readonly UnreadableImages unreadable;

    public BatchFiller(IImageDataset dataset, PoaConfiguration configuration, ShardRange shards, Action<UnreadableImageException>? onUnreadable)
    {
        this.dataset = dataset;
        this.shards = shards;
        globalBatch = configuration.Train.BatchSizePerGpu;
        seed = configuration.Train.Seed;
        order = new DataOrder(dataset.Count, seed);
        globals = [ViewRecipe.FirstGlobal(configuration), ViewRecipe.SecondGlobal(configuration)];
        local = ViewRecipe.Local(configuration);
        normalisation = new Normalisation([.. configuration.Augmentation.Mean], [.. configuration.Augmentation.StandardDeviation]);
        unreadable = new UnreadableImages(onUnreadable);
        var grid = configuration.MaskGridSide;
        Layout = new BatchLayout(
            configuration.ImagesPerVirtualShard,
            globals.Length,
            configuration.Crops.GlobalCropsSize,
            configuration.Crops.LocalCropsNumber,
            configuration.Crops.LocalCropsSize,
            grid);
        masks = new MaskSampler(
            new BlockMaskGenerator(grid, grid),
            Layout.GlobalCount,
            configuration.Ibot.MaskRatio,
            configuration.Ibot.MaskSampleProbability);
    }

    public BatchLayout Layout { get; }

    public IReadOnlyList<UnreadableImageException> Unreadable => unreadable.All;

    public HostBatch CreateBuffer() => new(Layout);

    public int PartsOf(long batch) => Layout.Images;

    public void Fill(HostBatch buffer, long batch, int part, ViewRenderer workspace)
    {
        // The place in the global batch, so that the images and their views do not depend on how it is cut.
        var (iteration, shard) = PlaceOf(batch);
        var sample = (shard * Layout.Images) + part;
        var image = LoadReadable(order.At((iteration * globalBatch) + sample));
        var views = globals.Length + Layout.LocalCropsPerImage;
        for (var view = 0; view < views; view++)
        {
            var random = Randomness.For(seed, RandomPurpose.Augmentation, iteration, ((long)sample * views) + view);
            var recipe = view < globals.Length ? globals[view] : local;
            var target = view < globals.Length ? buffer.GlobalCrop(view, part) : buffer.LocalCrop(view - globals.Length, part);
            workspace.Render(image, recipe, recipe.Draw(random, image.Width, image.Height), normalisation, target);
        }
    }

    public void Complete(HostBatch buffer, long batch)
    {
        // Drawn for each shard by itself, as the authors' loaders do on each GPU: the same number of crops is masked on each.
        var (iteration, shard) = PlaceOf(batch);
        buffer.Iteration = iteration;
        buffer.Masks = masks.Draw(Randomness.For(seed, RandomPurpose.Masking, iteration, shard));
    }

    private (long Iteration, int VirtualShard) PlaceOf(long batch)
    {
        var (iteration, place) = Math.DivRem(batch, shards.Count);
        return (iteration, shards.First + (int)place);
    }

    private RgbImage LoadReadable(int index)
    {
        for (var tried = 0; tried < dataset.Count; tried++)
        {
            var candidate = (int)(((long)index + tried) % dataset.Count);
            if (unreadable.Contains(candidate))
            {
                continue;
            }

            try
            {
                return dataset.Load(candidate);
            }
            catch (UnreadableImageException error)
            {
                unreadable.Add(candidate, error);
            }
        }

        throw new DatasetException($"None of the {dataset.Count} images of {dataset.Name} can be read. {unreadable.All[0].Message}");
    }
}
