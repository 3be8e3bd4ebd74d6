namespace Poa.Elastic;

/// <summary>
/// Shape of an elastic bottleneck ResNet with group normalisation (arXiv 2408.01031 §4.1): four stages; elastic are the middle channels of all
/// bottlenecks, from 1 to 2 times those of a ResNet-50, and the depth of each stage.
/// </summary>
public sealed record ResNetArchitecture
{
    /// <summary>Number of stages.</summary>
    public const int StageCount = NetworkDepth.StageCount;

    /// <summary>Channels of a stage's output over the least middle channels of its bottlenecks.</summary>
    public const int Expansion = 4;

    /// <summary>The greatest middle channels over the least.</summary>
    public const int WidthRange = 2;

    /// <summary>Epsilon of every group norm.</summary>
    public const double GroupNormEpsilon = 1e-5;

    /// <summary>Pixels along a side of what becomes one cell after the stem's convolution and pooling.</summary>
    public const int StemStride = 4;

    /// <summary>Side in pixels of the images it is trained on; others may have any size.</summary>
    public int ImageSize { get; init; } = 224;

    /// <summary>Channels of an image.</summary>
    public int InChannels { get; init; } = 3;

    /// <summary>Channels of the stem.</summary>
    public int StemChannels { get; init; } = 64;

    /// <summary>Least middle channels of the first stage's bottlenecks, a multiple of <see cref="Groups"/>.</summary>
    public int BaseChannels { get; init; } = 64;

    /// <summary>Whether narrower networks than the intact one are on the grid.</summary>
    public bool HasElasticWidth { get; init; } = true;

    /// <summary>Groups of every norm at every width.</summary>
    public int Groups { get; init; } = 32;

    /// <summary>Fewest blocks of each stage.</summary>
    public EquatableArray<int> MinDepths { get; init; } = [3, 4, 6, 3];

    /// <summary>Blocks of each stage of the intact network.</summary>
    public EquatableArray<int> MaxDepths { get; init; } = [3, 8, 36, 3];

    /// <summary>Stride of each stage's first block.</summary>
    public EquatableArray<int> Strides { get; init; } = [1, 2, 2, 2];

    /// <summary>Step between widths of the first stage, in times <see cref="Groups"/> channels.</summary>
    public int WidthInterval { get; init; } = 1;

    /// <summary>Step between depths of each stage, in blocks.</summary>
    public int DepthInterval { get; init; } = 1;

    /// <summary>Whether inputs are multiplied by alpha, see <see cref="ElasticWidth.Alpha"/>; otherwise by nothing.</summary>
    public bool AlphaScaling { get; init; } = true;

    /// <summary>Up-sampling of the last map to the mask grid: 1, 2 or 4.</summary>
    public int IbotScaleFactor { get; init; } = 2;

    /// <summary>Blocks of the intact network.</summary>
    public int BlockCount => MaxDepths.Sum();

    /// <summary>Stride of the last stage's output, in cells of the stem's.</summary>
    public int Reduction => Strides.Aggregate(1, (product, stride) => product * stride);

    /// <summary>Middle channels of a stage's bottlenecks.</summary>
    /// <param name="width">Those of the first stage.</param>
    /// <param name="stage">Index from 0.</param>
    public static int MidChannels(int width, int stage) => width << stage;

    /// <summary>Channels of a stage's output, the same at every width.</summary>
    /// <param name="stage">Index from 0.</param>
    public int OutChannels(int stage) => (Expansion * BaseChannels) << stage;

    /// <summary>Channels of a stage's input, the same at every width.</summary>
    /// <param name="stage">Index from 0.</param>
    public int InChannelsOf(int stage) => stage == 0 ? StemChannels : OutChannels(stage - 1);

    /// <summary>Whether the first block of a stage has a convolution beside it, because the shape changes.</summary>
    /// <param name="stage">Index from 0.</param>
    public bool HasDownsample(int stage) => Strides[stage] != 1 || InChannelsOf(stage) != OutChannels(stage);

    /// <summary>Blocks of the intact network's stage that a sub-network keeps.</summary>
    /// <param name="stage">Index from 0.</param>
    /// <param name="depth">Depth of the sub-network, stage by stage.</param>
    public IReadOnlyList<int> KeptBlocks(int stage, NetworkDepth depth) => BlockSelection.KeptBlocks(MaxDepths[stage], depth.Stages[stage]);
}
