#pragma warning disable CS1591 // Each key is described by its attribute, which the printed reference shows too: one text, not two.

namespace Poa.Elastic;

/// <summary>Section <c>dino</c>: class-token losses and the multi-prototype heads (MPH).</summary>
public sealed record DinoOptions
{
    [ConfigurationKey("loss_weight", "Weight of the class-token loss.", Min = 0)]
    public double LossWeight { get; init; } = 1.0;

    [ConfigurationKey("head_n_prototypes", "Prototypes of each projection head; one head per entry.", Min = 1)]
    public EquatableArray<int> HeadPrototypes { get; init; } = [8192, 16384, 32768, 65536];

    [ConfigurationKey("multiple_heads", "Whether all entries of head_n_prototypes are used (MPH); otherwise only the greatest is, for class tokens as for patch tokens.")]
    public bool MultipleHeads { get; init; } = true;

    [ConfigurationKey("head_weights", "How the heads count in each image's class-token loss against the teacher: all alike, or by the entropy of the teacher's predictions (ENT, arXiv 2211.09981 eq. 9).")]
    public HeadWeighting HeadWeights { get; init; }

    [ConfigurationKey("entropy_temp", "Temperature of head_weights entropy after its warm-up, as a share of log(prototypes).", Min = 0, MinExclusive = true, Max = 100)]
    public double EntropyTemperature { get; init; } = 0.05;

    [ConfigurationKey("warmup_entropy_temp", "The same at step 0.", Min = 0, MinExclusive = true, Max = 100)]
    public double WarmupEntropyTemperature { get; init; } = 0.5;

    [ConfigurationKey("warmup_entropy_temp_epochs", "Epochs of its linear warm-up.", Min = 0)]
    public int WarmupEntropyTemperatureEpochs { get; init; } = 30;

    [ConfigurationKey("head_bottleneck_dim", "Bottleneck width of a head.", Min = 1)]
    public int HeadBottleneckDim { get; init; } = 256;

    [ConfigurationKey("head_nlayers", "Linear layers of a head's MLP.", Min = 1, Max = 16)]
    public int HeadLayers { get; init; } = 3;

    [ConfigurationKey("head_hidden_dim", "Hidden width of a head's MLP.", Min = 1)]
    public int HeadHiddenDim { get; init; } = 2048;

    [ConfigurationKey("koleo_loss_weight", "Weight of the KoLeo regulariser on class tokens.", Min = 0)]
    public double KoleoLossWeight { get; init; } = 0.1;

    [ConfigurationKey("lambda_ie", "Weight of the intact student; the elastic student has the rest (arXiv 2408.01031 §3.3). Where only one of them is trained, it has all.", Min = 0, Max = 1)]
    public double LambdaIntactElastic { get; init; } = 0.8;

    [ConfigurationKey("elastic_cross_view", "Whether the elastic student has a class-token loss against the teacher (L_ES1).")]
    public bool ElasticCrossView { get; init; } = true;

    [ConfigurationKey("elastic_same_view", "Whether the intact student's class-token predictions are targets of the elastic student (same-view distillation, L_ES2).")]
    public bool ElasticSameView { get; init; } = true;
}
