#pragma warning disable CS1591 // Each key is described by its attribute, which the printed reference shows too: one text, not two.

namespace Poa.Elastic;

/// <summary>Section <c>train</c>.</summary>
public sealed record TrainOptions
{
    [ConfigurationKey("batch_size_per_gpu", "Images per step over all virtual shards. The name is the authors', whose value counts for each of their GPUs: multiply it by their number.", Min = 1)]
    public int BatchSizePerGpu { get; init; } = 64;

    [ConfigurationKey("virtual_shards", "Equal parts that a step's batch is cut into; losses and gradients are their means. A part is to a run what a GPU is to the authors' code. Workers share the parts out: results depend on this number, never on how many workers there are.", Min = 1, Max = 4096)]
    public int VirtualShards { get; init; } = 1;

    [ConfigurationKey("shared_sub_network", "Whether all virtual shards train the same elastic student in a step; otherwise each draws its own, as each GPU does in the authors' code.")]
    public bool SharedSubNetwork { get; init; }

    [ConfigurationKey("dataset_path", "Training images, unless given on the command line.")]
    public string DatasetPath { get; init; } = "ImageNet:split=TRAIN";

    [ConfigurationKey("output_dir", "Read for compatibility with the authors' files; results go to the run's blob store.")]
    public string OutputDir { get; init; } = ".";

    [ConfigurationKey("saveckp_freq", "Epochs between checkpoints; used where checkpoint.period_iterations is 0.", Min = 1)]
    public int SaveCheckpointFrequency { get; init; } = 20;

    [ConfigurationKey("seed", "Seed of everything random in the run.")]
    public long Seed { get; init; }

    [ConfigurationKey("num_workers", "Threads that decode and augment images beside the training thread; they change speed only, never a result.", Min = 0, Max = 1024)]
    public int NumWorkers { get; init; } = 10;

    [ConfigurationKey("OFFICIAL_EPOCH_LENGTH", "Steps of one epoch, the unit of every *_epochs key.", Min = 1)]
    public int OfficialEpochLength { get; init; } = 625;

    [ConfigurationKey("cache_dataset", "Read for compatibility with the authors' files; has no effect.")]
    public bool CacheDataset { get; init; } = true;

    [ConfigurationKey("centering", "How teacher targets are kept from collapsing.")]
    public TeacherCentering Centering { get; init; }

    [ConfigurationKey("scale_for_num_patch", "Patches along a side of the mask grid are the image's divided by this.", Min = 1)]
    public int ScaleForNumPatch { get; init; } = 1;

    [ConfigurationKey("threads", "Threads of the tensor library per shard; 0 takes all cores when the run is created. Part of the run: another number gives other bits.", Min = 0, Max = 4096)]
    public int Threads { get; init; }

    [ConfigurationKey("prefetch_batches", "Batches prepared ahead of the step; bounds memory, changes no result.", Min = 1, Max = 64)]
    public int PrefetchBatches { get; init; } = 2;

    [ConfigurationKey("log_period", "Steps between metrics lines.", Min = 1)]
    public int LogPeriod { get; init; } = 10;
}
