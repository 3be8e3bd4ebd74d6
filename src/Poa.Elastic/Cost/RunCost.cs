namespace Poa.Elastic;

/// <summary>What a run will cost, as far as its configuration tells: nothing is measured, no worker is needed.</summary>
public sealed record RunCost
{
    // Student, teacher and AdamW's two moments, each a float32 for every parameter.
    private const int CheckpointCopies = 4;

    /// <summary>Parameters of the intact student's backbone, without heads: the largest network that comes out.</summary>
    public required long IntactParameters { get; init; }

    /// <summary>Parameters of the smallest sub-network that comes out.</summary>
    public required long SmallestParameters { get; init; }

    /// <summary>Parameters that are trained: backbone, mask token and projection heads.</summary>
    public required long TrainedParameters { get; init; }

    /// <summary>Number of sub-networks.</summary>
    public required int SubNetworks { get; init; }

    /// <summary>Training steps.</summary>
    public required long Steps { get; init; }

    /// <summary>Images of one step, over all virtual shards.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Images seen in all steps, repetitions included.</summary>
    public required long ImagesSeen { get; init; }

    /// <summary>How often each image is seen on average; null where the number of images is not known.</summary>
    public required double? Passes { get; init; }

    /// <summary>Multiply-accumulates of one forward pass of the intact network on one image of the global crops' size.</summary>
    public required long IntactMultiplyAccumulates { get; init; }

    /// <summary>The same of the smallest sub-network.</summary>
    public required long SmallestMultiplyAccumulates { get; init; }

    /// <summary>Estimated size of one checkpoint in bytes: weights, teacher and moments as float32; centres and headers (well below 1 %) are left out.</summary>
    public required long CheckpointBytes { get; init; }

    /// <summary>The cost of a run.</summary>
    /// <param name="configuration">Its configuration.</param>
    /// <param name="images">Images in the training set; 0 if not known.</param>
    public static RunCost Of(PoaConfiguration configuration, long images)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentOutOfRangeException.ThrowIfNegative(images);
        var grid = configuration.Grid();
        var size = configuration.Crops.GlobalCropsSize;
        var (intact, smallest) = (grid.CostOf(grid.Intact, size), grid.CostOf(grid.Smallest, size));
        var student = configuration.Student;
        var maskToken = student.Architecture == ArchitectureFamily.ResNet ? student.StemChannels : student.MaxEmbedDim;
        var trained = intact.Parameters + maskToken + HeadParameters(configuration, grid.FeatureWidth(grid.Intact));
        var seen = configuration.TotalIterations * configuration.Train.BatchSizePerGpu;
        return new RunCost
        {
            IntactParameters = intact.Parameters,
            SmallestParameters = smallest.Parameters,
            TrainedParameters = trained,
            SubNetworks = grid.SubNetworks.Count,
            Steps = configuration.TotalIterations,
            BatchSize = configuration.Train.BatchSizePerGpu,
            ImagesSeen = seen,
            Passes = images > 0 ? (double)seen / images : null,
            IntactMultiplyAccumulates = intact.MultiplyAccumulates,
            SmallestMultiplyAccumulates = smallest.MultiplyAccumulates,
            CheckpointBytes = trained * CheckpointCopies * sizeof(float),
        };
    }

    private static long HeadParameters(PoaConfiguration configuration, int width)
    {
        if (configuration.DistilsFrozenTeacher)
        {
            return ((width + 1L) * configuration.Seed.HeadHiddenDim) + ((configuration.Seed.HeadHiddenDim + 1L) * configuration.Seed.EmbeddingDim);
        }

        var (dino, ibot) = (configuration.Dino, configuration.Ibot);
        var shared = Head(width, dino.HeadLayers, dino.HeadHiddenDim, dino.HeadBottleneckDim, configuration.ClassPrototypes);
        return ibot is { SeparateHead: true, LossWeight: > 0 }
            ? shared + Head(width, ibot.HeadLayers, ibot.HeadHiddenDim, ibot.HeadBottleneckDim, configuration.PatchPrototypes)
            : shared;
    }

    /// <summary>Each branch: linear layers with biases, then prototypes with a norm each.</summary>
    private static long Head(long width, int layers, long hidden, long bottleneck, IReadOnlyList<int> prototypes)
    {
        var mlp = layers <= 1
            ? (width + 1) * bottleneck
            : ((width + 1) * hidden) + ((layers - 2) * (hidden + 1) * hidden) + ((hidden + 1) * bottleneck);
        return prototypes.Sum(count => mlp + (count * (bottleneck + 1)));
    }
}
