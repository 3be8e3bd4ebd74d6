namespace Poa.Elastic;

/// <summary>
/// Shape of an elastic vision transformer: what its weights look like and which sub-networks it holds.
/// The defaults are the paper's (ViT-S/16 to ViT-L/16, arXiv 2408.01031 §4.1).
/// </summary>
public sealed record ViTArchitecture : IDropPathRates
{
    /// <summary>MLP hidden width over embedding width; the authors fix it.</summary>
    public const int MlpRatio = 4;

    /// <summary>Epsilon of every LayerNorm; the authors fix it.</summary>
    public const double LayerNormEpsilon = 1e-6;

    /// <summary>Side in pixels of the square images the position table is made for.</summary>
    public int ImageSize { get; init; } = 224;

    /// <summary>Side of a patch in pixels.</summary>
    public int PatchSize { get; init; } = 16;

    /// <summary>Channels of an image.</summary>
    public int InChannels { get; init; } = 3;

    /// <summary>Least width, a multiple of <see cref="HeadDim"/>.</summary>
    public int MinEmbedDim { get; init; } = 384;

    /// <summary>Width of the intact network, a multiple of <see cref="HeadDim"/>.</summary>
    public int MaxEmbedDim { get; init; } = 1024;

    /// <summary>Fewest blocks.</summary>
    public int MinDepth { get; init; } = 12;

    /// <summary>Blocks of the intact network.</summary>
    public int MaxDepth { get; init; } = 24;

    /// <summary>Channels per attention head at every width.</summary>
    public int HeadDim { get; init; } = 64;

    /// <summary>Step between widths, in heads.</summary>
    public int WidthInterval { get; init; } = 1;

    /// <summary>Step between depths, in blocks.</summary>
    public int DepthInterval { get; init; } = 1;

    /// <summary>Whether inputs are multiplied by alpha, see <see cref="ElasticWidth.Alpha"/>; otherwise by nothing.</summary>
    public bool AlphaScaling { get; init; } = true;

    /// <summary>Initial LayerScale gamma, or null for none.</summary>
    public double? LayerScale { get; init; } = 1e-5;

    /// <summary>Stochastic-depth rate of the student, in [0, 1).</summary>
    public double DropPathRate { get; init; }

    /// <summary>The same rate in every block; otherwise it rises linearly from 0 in the first to <see cref="DropPathRate"/> in the last.</summary>
    public bool DropPathUniform { get; init; } = true;

    /// <summary>Kind of feed-forward layer.</summary>
    public FeedForward FeedForward { get; init; } = FeedForward.Mlp;

    /// <summary>Whether qkv has a bias.</summary>
    public bool QkvBias { get; init; } = true;

    /// <summary>Whether the attention projection has a bias.</summary>
    public bool ProjBias { get; init; } = true;

    /// <summary>Whether the feed-forward layers have biases.</summary>
    public bool FfnBias { get; init; } = true;

    /// <summary>Patches along one side of an image of <see cref="ImageSize"/>.</summary>
    public int PatchesPerSide => ImageSize / PatchSize;

    /// <summary>Patches of an image of <see cref="ImageSize"/>: rows of the position table, without the class token's.</summary>
    public int PatchCount => PatchesPerSide * PatchesPerSide;

    /// <summary>Hidden width of the intact feed-forward layer (for SwiGLU: of each of its two gates).</summary>
    public int MaxHiddenDim => FeedForward switch
    {
        FeedForward.Mlp => MlpRatio * MaxEmbedDim,
        // Two thirds of the MLP's, so that three matrices hold what two did, rounded up to a multiple of 8.
        FeedForward.SwiGlu => ((int)(MlpRatio * MaxEmbedDim * 2 / 3.0) + 7) / 8 * 8,
        _ => throw new NotSupportedException($"No hidden width is known for the feed-forward kind {FeedForward}."),
    };

    /// <summary>Hidden width at <paramref name="width"/> channels; see <see cref="ElasticWidth.HiddenWidth"/>.</summary>
    public int HiddenDim(int width) => ElasticWidth.HiddenWidth(width, MaxEmbedDim, MaxHiddenDim);

    /// <inheritdoc/>
    int IDropPathRates.BlockCount => MaxDepth;

    /// <inheritdoc/>
    bool IDropPathRates.DropsIndependently => false;

    /// <inheritdoc/>
    public double DropPathRateOf(int block)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(block);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(block, MaxDepth);
        return DropPathUniform ? DropPathRate : MaxDepth == 1 ? 0 : DropPathRate * block / (MaxDepth - 1);
    }
}
