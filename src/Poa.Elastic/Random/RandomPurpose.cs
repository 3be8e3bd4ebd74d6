namespace Poa.Elastic;

/// <summary>
/// What a random stream is for. Streams of different purposes are independent. The numbers are part of a run's reproducibility:
/// never change or reuse one.
/// </summary>
public enum RandomPurpose
{
    /// <summary>Initial weights of the backbone.</summary>
    BackboneInitialisation = 1,

    /// <summary>Initial weights of the projection heads.</summary>
    HeadInitialisation = 2,

    /// <summary>The order in which images are visited; iteration is the epoch.</summary>
    DataOrder = 3,

    /// <summary>Crops, flips, colour and blur of one image; iteration is the step, sample the place in the global batch.</summary>
    Augmentation = 4,

    /// <summary>Patch masks of a batch.</summary>
    Masking = 5,

    /// <summary>Stochastic depth.</summary>
    DropPath = 6,

    /// <summary>Which sub-network the elastic student is; see <see cref="ElasticSampler"/>.</summary>
    ElasticSampling = 7,

    /// <summary>Random choices within an evaluation.</summary>
    Evaluation = 8,

    /// <summary>Which channels an elastic student takes; iteration is the step, sample numbers shards and axes.</summary>
    ElasticChannels = 11,

    /// <summary>Which images a look at a data set decodes.</summary>
    Inspection = 9,

    /// <summary>What a queue of embeddings holds before there are any; sample is the place in it.</summary>
    EmbeddingQueue = 10,

    /// <summary>Initial weights of detection and segmentation heads.</summary>
    DenseHeadInitialisation = 20,

    /// <summary>Units that a detection or segmentation head drops; iteration is the step, sample the place in the batch.</summary>
    Dropout = 21,

    /// <summary>Which anchors and regions of an image a detector's losses are computed on; iteration is the step.</summary>
    RegionSampling = 22,

    /// <summary>Composing scenes; iteration is the split, sample the number of the scene.</summary>
    Scenes = 30,

    /// <summary>Data made up for tests and benchmarks.</summary>
    Testing = 1000,
}
