namespace Poa.Elastic;

/// <summary>
/// Everything a pre-training run is set by. The keys are the authors' (<c>student.min_embed_dim</c>), with ours added in the same style;
/// the defaults are the paper's ViT. An instance that comes from <see cref="Load"/> is valid.
/// </summary>
public sealed partial record PoaConfiguration
{
    /// <summary>Section <c>dino</c>.</summary>
    [ConfigurationKey("dino")]
    public DinoOptions Dino { get; init; } = new();

    /// <summary>Section <c>ibot</c>.</summary>
    [ConfigurationKey("ibot")]
    public IbotOptions Ibot { get; init; } = new();

    /// <summary>Section <c>seed</c>.</summary>
    [ConfigurationKey("seed", OmitIfDefault = true)]
    public SeedOptions Seed { get; init; } = new();

    /// <summary>Section <c>train</c>.</summary>
    [ConfigurationKey("train")]
    public TrainOptions Train { get; init; } = new();

    /// <summary>Section <c>student</c>.</summary>
    [ConfigurationKey("student")]
    public StudentOptions Student { get; init; } = new();

    /// <summary>Section <c>teacher</c>.</summary>
    [ConfigurationKey("teacher")]
    public TeacherOptions Teacher { get; init; } = new();

    /// <summary>Section <c>optim</c>.</summary>
    [ConfigurationKey("optim")]
    public OptimOptions Optim { get; init; } = new();

    /// <summary>Section <c>crops</c>.</summary>
    [ConfigurationKey("crops")]
    public CropsOptions Crops { get; init; } = new();

    /// <summary>Section <c>augmentation</c>.</summary>
    [ConfigurationKey("augmentation")]
    public AugmentationOptions Augmentation { get; init; } = new();

    /// <summary>Section <c>evaluation</c>.</summary>
    [ConfigurationKey("evaluation")]
    public EvaluationOptions Evaluation { get; init; } = new();

    /// <summary>Section <c>checkpoint</c>.</summary>
    [ConfigurationKey("checkpoint")]
    public CheckpointOptions Checkpoint { get; init; } = new();

    /// <summary>Section <c>guard</c>.</summary>
    [ConfigurationKey("guard")]
    public GuardOptions Guard { get; init; } = new();

    /// <summary>Section <c>MODEL</c>; the authors' files have it.</summary>
    [ConfigurationKey("MODEL", OmitIfDefault = true)]
    public ModelOptions Model { get; init; } = new();

    /// <summary>Section <c>compute_precision</c>; read so that the authors' files load, without effect.</summary>
    [ConfigurationKey("compute_precision", OmitIfDefault = true)]
    public ComputePrecisionOptions ComputePrecision { get; init; } = new();

    /// <summary>Steps of the whole run: optim.epochs * train.OFFICIAL_EPOCH_LENGTH.</summary>
    public long TotalIterations => (long)Optim.Epochs * Train.OfficialEpochLength;

    /// <summary>Images of one virtual shard in a step.</summary>
    public int ImagesPerVirtualShard => Train.BatchSizePerGpu / Train.VirtualShards;

    /// <summary>First step with the masked-patch loss.</summary>
    public long IbotActivationIteration => (long)Optim.IbotActivateEpochs * Train.OfficialEpochLength;

    /// <summary>Steps between checkpoints.</summary>
    public long CheckpointPeriodIterations =>
        Checkpoint.PeriodIterations > 0 ? Checkpoint.PeriodIterations : (long)Train.SaveCheckpointFrequency * Train.OfficialEpochLength;

    /// <summary>Patches along one side of the mask grid of a global crop.</summary>
    public int MaskGridSide => Crops.GlobalCropsSize / Student.PatchSize / Train.ScaleForNumPatch;

    /// <summary>Side of the centre crop for k-NN, in pixels.</summary>
    public int KnnImageSize => Evaluation.Knn.ImageSize > 0 ? Evaluation.Knn.ImageSize : Crops.GlobalCropsSize;

    /// <summary>Shorter side of an image before the centre crop for k-NN, in pixels.</summary>
    public int KnnResizeSize =>
        Evaluation.Knn.ResizeSize > 0 ? Evaluation.Knn.ResizeSize : (int)Math.Round(KnnImageSize * 256 / 224.0, MidpointRounding.AwayFromZero);

    /// <summary>The run distils a frozen teacher (<c>seed.loss_weight</c>): there are no prototypes, and nothing is averaged into a target.</summary>
    public bool DistilsFrozenTeacher => Seed.LossWeight > 0;

    /// <summary>Prototypes of each projection head of the class tokens: one entry without <c>dino.multiple_heads</c>.</summary>
    public IReadOnlyList<int> ClassPrototypes => Heads(Dino.HeadPrototypes);

    /// <summary>Prototypes of each projection head of the patch tokens, which are those of the class tokens unless <c>ibot.separate_head</c>.</summary>
    public IReadOnlyList<int> PatchPrototypes => Ibot.SeparateHead ? Heads(Ibot.HeadPrototypes) : ClassPrototypes;

    /// <summary>The sub-networks this configuration describes.</summary>
    public ISubNetworkGrid Grid() => Student.Architecture switch
    {
        ArchitectureFamily.Swin => new SwinGrid(SwinArchitecture()),
        ArchitectureFamily.ResNet => new ResNetGrid(ResNetArchitecture()),
        _ => new ViTGrid(ViTArchitecture()),
    };

    /// <summary>The elastic student of each step.</summary>
    /// <exception cref="ArgumentException">There is none (<c>student.elastic</c>).</exception>
    public ElasticSampler ElasticSampler() => new(Grid(), Student.NetSelectScale, Train.Seed);

    private IReadOnlyList<int> Heads(EquatableArray<int> prototypes) => DistilsFrozenTeacher ? [] : Dino.MultipleHeads ? prototypes : [prototypes.Max()];
}
