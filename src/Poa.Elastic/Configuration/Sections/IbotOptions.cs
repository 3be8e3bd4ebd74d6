#pragma warning disable CS1591 // Each key is described by its attribute, which the printed reference shows too: one text, not two.

namespace Poa.Elastic;

/// <summary>Section <c>ibot</c>: the masked-patch loss.</summary>
public sealed record IbotOptions
{
    [ConfigurationKey("loss_weight", "Weight of the masked-patch loss; 0 switches it off. Students go on seeing masked crops, as in the authors' code, unless mask_sample_probability is 0, too.", Min = 0)]
    public double LossWeight { get; init; } = 1.0;

    [ConfigurationKey("mask_sample_probability", "Fraction of the global views that are masked.", Min = 0, Max = 1)]
    public double MaskSampleProbability { get; init; } = 0.5;

    [ConfigurationKey("mask_ratio_min_max", "Least and greatest fraction of a masked view's patches.", Min = 0, Max = 1)]
    public Interval MaskRatio { get; init; } = new(0.1, 0.5);

    [ConfigurationKey("separate_head", "Whether patch tokens have heads of their own, described by the head_* keys here.")]
    public bool SeparateHead { get; init; }

    [ConfigurationKey("head_n_prototypes", "Prototypes of each separate head; as many entries as dino.head_n_prototypes.", Min = 1)]
    public EquatableArray<int> HeadPrototypes { get; init; } = [8192, 16384, 32768, 65536];

    [ConfigurationKey("head_bottleneck_dim", "Bottleneck width of a separate head.", Min = 1)]
    public int HeadBottleneckDim { get; init; } = 256;

    [ConfigurationKey("head_nlayers", "Linear layers of a separate head's MLP.", Min = 1, Max = 16)]
    public int HeadLayers { get; init; } = 3;

    [ConfigurationKey("head_hidden_dim", "Hidden width of a separate head's MLP.", Min = 1)]
    public int HeadHiddenDim { get; init; } = 2048;
}
