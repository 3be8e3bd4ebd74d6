namespace Poa.Elastic;

/// <summary>
/// Shape of an elastic Swin transformer (arXiv 2103.14030; elastic as in arXiv 2408.01031 §3.2): four stages, each twice as wide and half as
/// fine as the one before; the width is elastic, and the depth of the third stage.
/// </summary>
public sealed record SwinArchitecture : IDropPathRates
{
    /// <summary>Number of stages.</summary>
    public const int StageCount = NetworkDepth.StageCount;

    /// <summary>MLP hidden width over embedding width; the authors fix it.</summary>
    public const int MlpRatio = 4;

    /// <summary>Epsilon of every LayerNorm; the authors' default, not that of their ViT.</summary>
    public const double LayerNormEpsilon = 1e-5;

    /// <summary>Patches along a side of what becomes one token of the last stage.</summary>
    public const int Reduction = 1 << (StageCount - 1);

    /// <summary>Index of the stage whose depth is elastic.</summary>
    public const int ElasticStage = 2;

    /// <summary>Side in pixels of the images it is trained on; others may have any size of whole patches.</summary>
    public int ImageSize { get; init; } = 224;

    /// <summary>Side of a patch in pixels.</summary>
    public int PatchSize { get; init; } = 4;

    /// <summary>Channels of an image.</summary>
    public int InChannels { get; init; } = 3;

    /// <summary>Least width of the first stage, a multiple of <see cref="HeadDim"/>.</summary>
    public int MinEmbedDim { get; init; } = 96;

    /// <summary>Width of the intact network's first stage, a multiple of <see cref="HeadDim"/>.</summary>
    public int MaxEmbedDim { get; init; } = 128;

    /// <summary>Fewest blocks of the third stage.</summary>
    public int MinStage3Depth { get; init; } = 6;

    /// <summary>Blocks of each stage of the intact network.</summary>
    public EquatableArray<int> MaxDepths { get; init; } = [2, 2, 18, 2];

    /// <summary>Channels per attention head in every stage and at every width.</summary>
    public int HeadDim { get; init; } = 16;

    /// <summary>Side of an attention window in tokens.</summary>
    public int WindowSize { get; init; } = 7;

    /// <summary>Step between widths, in heads.</summary>
    public int WidthInterval { get; init; } = 1;

    /// <summary>Step between depths of the third stage, in blocks.</summary>
    public int DepthInterval { get; init; } = 1;

    /// <summary>Whether inputs are multiplied by alpha, see <see cref="ElasticWidth.Alpha"/>; otherwise by nothing.</summary>
    public bool AlphaScaling { get; init; } = true;

    /// <summary>Up-sampling of the last map to the mask grid: 1, 2 or 4.</summary>
    public int IbotScaleFactor { get; init; } = 2;

    /// <summary>Whether queries, keys and values have a bias.</summary>
    public bool QkvBias { get; init; } = true;

    /// <inheritdoc/>
    public double DropPathRate { get; init; }

    /// <inheritdoc/>
    public int BlockCount => MaxDepths.Sum();

    /// <inheritdoc/>
    bool IDropPathRates.DropsIndependently => true;

    /// <summary>Width of a stage.</summary>
    /// <param name="width">Width of the first stage.</param>
    /// <param name="stage">Index from 0.</param>
    public static int StageWidth(int width, int stage) => width << stage;

    /// <summary>Hidden width of a stage's feed-forward layers; see <see cref="ElasticWidth.HiddenWidth"/>.</summary>
    /// <param name="width">Width of the first stage.</param>
    /// <param name="stage">Index from 0.</param>
    public int HiddenDim(int width, int stage)
    {
        var max = StageWidth(MaxEmbedDim, stage);
        return ElasticWidth.HiddenWidth(StageWidth(width, stage), max, MlpRatio * max);
    }

    /// <summary>Blocks of the intact network's stage that a sub-network keeps; all of them but in the third.</summary>
    /// <param name="stage">Index from 0.</param>
    /// <param name="depth">Depth of the sub-network.</param>
    public IReadOnlyList<int> KeptBlocks(int stage, NetworkDepth depth) =>
        BlockSelection.KeptBlocks(MaxDepths[stage], stage == ElasticStage ? depth.Blocks : MaxDepths[stage]);

    /// <summary>Blocks of all stages before one, in the intact network.</summary>
    /// <param name="stage">Index from 0.</param>
    public int BlocksBefore(int stage) => MaxDepths.Take(stage).Sum();

    /// <inheritdoc/>
    public double DropPathRateOf(int block)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(block);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(block, BlockCount);
        return BlockCount == 1 ? 0 : DropPathRate * block / (BlockCount - 1);
    }
}
