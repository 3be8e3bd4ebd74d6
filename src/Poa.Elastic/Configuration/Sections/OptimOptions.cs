#pragma warning disable CS1591 // Each key is described by its attribute, which the printed reference shows too: one text, not two.

namespace Poa.Elastic;

/// <summary>Section <c>optim</c>: AdamW and its schedules.</summary>
public sealed record OptimOptions
{
    [ConfigurationKey("epochs", "Epochs of the run, of train.OFFICIAL_EPOCH_LENGTH steps each.", Min = 1)]
    public int Epochs { get; init; } = 100;

    [ConfigurationKey("ibot_activate_epochs", "Epoch from which the masked-patch loss is on.", Min = 0)]
    public int IbotActivateEpochs { get; init; } = 30;

    [ConfigurationKey("weight_decay", "Weight decay at step 0.", Min = 0)]
    public double WeightDecay { get; init; } = 0.04;

    [ConfigurationKey("weight_decay_end", "Weight decay at the end of its cosine.", Min = 0)]
    public double WeightDecayEnd { get; init; } = 0.4;

    [ConfigurationKey("base_lr", "Peak learning rate for a total batch of 1024.", Min = 0)]
    public double BaseLearningRate { get; init; } = 0.004;

    [ConfigurationKey("lr", "Peak learning rate itself; read only with scaling_rule none.", Min = 0)]
    public double LearningRate { get; init; }

    [ConfigurationKey("warmup_epochs", "Epochs of linear learning-rate warm-up.", Min = 0)]
    public int WarmupEpochs { get; init; } = 10;

    [ConfigurationKey("min_lr", "Learning rate at the end of its cosine.", Min = 0)]
    public double MinLearningRate { get; init; } = 2e-5;

    [ConfigurationKey("clip_grad", "Greatest gradient norm of each sub-module (backbone, heads); 0 for no clipping.", Min = 0)]
    public double ClipGrad { get; init; } = 1.5;

    [ConfigurationKey("freeze_last_layer_epochs", "Epochs in which the prototype layers have learning rate 0.", Min = 0)]
    public int FreezeLastLayerEpochs { get; init; } = 1;

    [ConfigurationKey("scaling_rule", "How the peak learning rate comes about: from base_lr and the total batch, or from lr.")]
    public LearningRateScaling ScalingRule { get; init; }

    [ConfigurationKey("patch_embed_lr_mult", "Learning-rate multiplier of the patch embedding.", Min = 0)]
    public double PatchEmbedLearningRateMultiplier { get; init; } = 0.2;

    [ConfigurationKey("layerwise_decay", "Learning-rate factor from one block to the one before it.", Min = 0, MinExclusive = true, Max = 1)]
    public double LayerwiseDecay { get; init; } = 0.9;

    [ConfigurationKey("adamw_beta1", "Decay of AdamW's first moment.", Min = 0, Max = 1, MaxExclusive = true)]
    public double AdamWBeta1 { get; init; } = 0.9;

    [ConfigurationKey("adamw_beta2", "Decay of AdamW's second moment.", Min = 0, Max = 1, MaxExclusive = true)]
    public double AdamWBeta2 { get; init; } = 0.999;

    [ConfigurationKey("iter_num_scale", "The cosines are stretched over total / this many steps, of which the run does the first total.", Min = 0.7, Max = 1)]
    public double IterationNumberScale { get; init; } = 0.78;
}
