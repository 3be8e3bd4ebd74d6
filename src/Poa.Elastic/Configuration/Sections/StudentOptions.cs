#pragma warning disable CS1591 // Each key is described by its attribute, which the printed reference shows too: one text, not two.

namespace Poa.Elastic;

/// <summary>Section <c>student</c>: the elastic backbone. The teacher has the same shape.</summary>
public sealed record StudentOptions
{
    [ConfigurationKey("arch", "Architecture family; it also chooses the defaults.")]
    public ArchitectureFamily Architecture { get; init; }

    [ConfigurationKey("min_embed_dim", "Least width in channels (Swin: of the first stage); a multiple of head_dim.", Min = 1, Max = 65536)]
    [AppliesTo(ArchitectureFamily.Vit, ArchitectureFamily.Swin)]
    public int MinEmbedDim { get; init; } = 384;

    [ConfigurationKey("max_embed_dim", "Width of the intact network in channels; a multiple of head_dim.", Min = 1, Max = 65536)]
    [AppliesTo(ArchitectureFamily.Vit, ArchitectureFamily.Swin)]
    public int MaxEmbedDim { get; init; } = 1024;

    [ConfigurationKey("min_depth", "Fewest blocks.", Min = 1, Max = 1024)]
    [AppliesTo(ArchitectureFamily.Vit)]
    public int MinDepth { get; init; } = 12;

    [ConfigurationKey("max_depth", "Blocks of the intact network.", Min = 1, Max = 1024)]
    [AppliesTo(ArchitectureFamily.Vit)]
    public int MaxDepth { get; init; } = 24;

    [ConfigurationKey("min_s3_depth", "Fewest blocks of stage 3.", Min = 1, Max = 1024)]
    [AppliesTo(ArchitectureFamily.Swin)]
    public int MinStage3Depth { get; init; } = 6;

    [ConfigurationKey("min_depths", "Fewest blocks of each stage.", Min = 1, Max = 1024, Length = 4)]
    [AppliesTo(ArchitectureFamily.ResNet)]
    public EquatableArray<int> MinDepths { get; init; } = [3, 4, 6, 3];

    [ConfigurationKey("max_depths", "Blocks of each stage of the intact network.", Min = 1, Max = 1024, Length = 4)]
    [AppliesTo(ArchitectureFamily.Swin, ArchitectureFamily.ResNet)]
    public EquatableArray<int> MaxDepths { get; init; } = [2, 2, 18, 2];

    [ConfigurationKey("head_dim", "Channels of an attention head at every width.", Min = 1, Max = 65536)]
    [AppliesTo(ArchitectureFamily.Vit, ArchitectureFamily.Swin)]
    public int HeadDim { get; init; } = 64;

    [ConfigurationKey("intact", "Whether the intact student is trained. Without it (POA-V1 and V2) the elastic student stands alone: it has all the weight, and there is no same-view distillation.")]
    public bool Intact { get; init; } = true;

    [ConfigurationKey("elastic", "Whether an elastic student is trained. Without it only the intact network is trained, and it is the grid's only cell: least widths and depths, intervals and net_select_scale are not read.")]
    public bool Elastic { get; init; } = true;

    [ConfigurationKey("alpha_scaling", "Whether layers with fewer inputs than in the intact network make up for it: inputs times in_max / in (arXiv 2408.01031 §3.2).")]
    public bool AlphaScaling { get; init; } = true;

    [ConfigurationKey("mode", "Which channels a narrower elastic student takes in training: the first ones (order), or others in each step, drawn by chance (random). What is evaluated and extracted are always the first ones.")]
    public ChannelSelection Mode { get; init; }

    [ConfigurationKey("patch_size", "Side of a patch in pixels (for Swin and ResNet: of the finest patch that is masked).", Min = 1, Max = 1024)]
    public int PatchSize { get; init; } = 16;

    [ConfigurationKey("window_size", "Side of an attention window in tokens.", Min = 1, Max = 1024)]
    [AppliesTo(ArchitectureFamily.Swin)]
    public int WindowSize { get; init; } = 7;

    [ConfigurationKey("stem_channels", "Channels of the stem.", Min = 1, Max = 65536)]
    [AppliesTo(ArchitectureFamily.ResNet)]
    public int StemChannels { get; init; } = 64;

    [ConfigurationKey("base_channels", "Least middle channels of the first stage's bottlenecks.", Min = 1, Max = 65536)]
    [AppliesTo(ArchitectureFamily.ResNet)]
    public int BaseChannels { get; init; } = 64;

    [ConfigurationKey("num_gn_groups", "Groups of every group normalisation.", Min = 1, Max = 65536)]
    [AppliesTo(ArchitectureFamily.ResNet)]
    public int NumGroupNormGroups { get; init; } = 32;

    [ConfigurationKey("strides", "Stride of each stage.", Min = 1, Max = 16, Length = 4)]
    [AppliesTo(ArchitectureFamily.ResNet)]
    public EquatableArray<int> Strides { get; init; } = [1, 2, 2, 2];

    [ConfigurationKey("drop_path_rate", "Stochastic-depth rate of the student.", Min = 0, Max = 1, MaxExclusive = true)]
    [AppliesTo(ArchitectureFamily.Vit, ArchitectureFamily.Swin)]
    public double DropPathRate { get; init; } = 0.2;

    [ConfigurationKey("drop_path_uniform", "The same stochastic-depth rate in every block, instead of one rising from 0.")]
    [AppliesTo(ArchitectureFamily.Vit)]
    public bool DropPathUniform { get; init; } = true;

    [ConfigurationKey("layerscale", "Initial LayerScale gamma; 0 or null for no LayerScale.", Min = 0, Max = 1)]
    [AppliesTo(ArchitectureFamily.Vit)]
    public double? LayerScale { get; init; } = 1e-5;

    [ConfigurationKey("ffn_layer", "Feed-forward layer of a block.")]
    [AppliesTo(ArchitectureFamily.Vit)]
    public FeedForward FeedForwardLayer { get; init; }

    [ConfigurationKey("qkv_bias", "Whether queries, keys and values have a bias.")]
    [AppliesTo(ArchitectureFamily.Vit, ArchitectureFamily.Swin)]
    public bool QkvBias { get; init; } = true;

    [ConfigurationKey("proj_bias", "Whether the attention projection has a bias.")]
    [AppliesTo(ArchitectureFamily.Vit)]
    public bool ProjBias { get; init; } = true;

    [ConfigurationKey("ffn_bias", "Whether the feed-forward layers have biases.")]
    [AppliesTo(ArchitectureFamily.Vit)]
    public bool FfnBias { get; init; } = true;

    [ConfigurationKey("ibot_scale_factor", "Up-sampling of the last feature map to the mask grid.", Min = 1, Max = 64)]
    [AppliesTo(ArchitectureFamily.Swin, ArchitectureFamily.ResNet)]
    public int IbotScaleFactor { get; init; } = 2;

    [ConfigurationKey("pretrained_weights", "Weights to start from in the authors' script; only the empty value is supported: MODEL.WEIGHTS takes its place.")]
    public string PretrainedWeights { get; init; } = "";

    [ConfigurationKey("width_interval", "Step between widths: in heads, for ResNet in num_gn_groups channels of the first stage.", Min = 1, Max = 65536)]
    public int WidthInterval { get; init; } = 1;

    [ConfigurationKey("depth_interval", "Step between depths, in blocks: for Swin of stage 3, for ResNet of every stage.", Min = 1, Max = 1024)]
    public int DepthInterval { get; init; } = 1;

    [ConfigurationKey("net_select_scale", "How much more often the least width, and the least depth, is drawn than the greatest; for ResNet only the depth.", Min = 1, Max = 1000)]
    public double NetSelectScale { get; init; } = 3;
}
