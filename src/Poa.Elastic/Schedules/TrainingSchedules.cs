namespace Poa.Elastic;

/// <summary>
/// The quantities that change from step to step, as the authors' training script builds them from the configuration; the entropy temperature is ours.
/// At and past <see cref="TotalIterations"/> each keeps its final value.
/// </summary>
public sealed class TrainingSchedules
{
    private readonly CosineSchedule _learningRate;
    private readonly CosineSchedule _weightDecay;
    private readonly CosineSchedule _teacherMomentum;
    private readonly CosineSchedule _teacherTemperature;
    private readonly CosineSchedule? _entropyTemperature;
    private readonly long _frozenLastLayerIterations;

    /// <param name="configuration">A valid configuration.</param>
    /// <param name="shards">Factor on train.batch_size_per_gpu, for the authors' way to count: their value is of one of so many GPUs. 1 in runs of this project, whose value is the whole batch.</param>
    public TrainingSchedules(PoaConfiguration configuration, int shards = 1)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentOutOfRangeException.ThrowIfLessThan(shards, 1);
        var (optim, teacher) = (configuration.Optim, configuration.Teacher);
        long epoch = configuration.Train.OfficialEpochLength;
        var scale = optim.IterationNumberScale;

        TotalIterations = configuration.TotalIterations;
        PeakLearningRate = PeakOf(configuration, shards);
        _learningRate = new(
            PeakLearningRate, optim.MinLearningRate, TotalIterations, optim.WarmupEpochs * epoch, iterationNumberScale: scale);
        _weightDecay = new(optim.WeightDecay, optim.WeightDecayEnd, TotalIterations, iterationNumberScale: scale);
        _teacherMomentum = new(teacher.Momentum, teacher.FinalMomentum, TotalIterations, iterationNumberScale: scale);
        // Nothing but a warm-up: its total is the warm-up itself, and the temperature stays where it ends.
        var temperatureWarmup = teacher.WarmupTemperatureEpochs * epoch;
        _teacherTemperature = new(
            teacher.Temperature, teacher.Temperature, temperatureWarmup, temperatureWarmup, teacher.WarmupTemperature, iterationNumberScale: scale);
        if (configuration.Dino is { HeadWeights: HeadWeighting.Entropy } dino)
        {
            var warmup = dino.WarmupEntropyTemperatureEpochs * epoch;
            _entropyTemperature = new(
                dino.EntropyTemperature, dino.EntropyTemperature, warmup, warmup, dino.WarmupEntropyTemperature, iterationNumberScale: scale);
        }

        _frozenLastLayerIterations = optim.FreezeLastLayerEpochs * epoch;
    }

    /// <summary>Steps of the run.</summary>
    public long TotalIterations { get; }

    /// <summary>Learning rate at the end of the warm-up.</summary>
    public double PeakLearningRate { get; }

    /// <summary>Learning rate of all parameters but the prototype layers, before per-parameter multipliers.</summary>
    public double LearningRate(long iteration) => _learningRate.At(iteration);

    /// <summary>Learning rate of the prototype layers: zero for the first freeze_last_layer_epochs, then <see cref="LearningRate"/>.</summary>
    public double LastLayerLearningRate(long iteration) =>
        iteration < Math.Min(_frozenLastLayerIterations, TotalIterations) ? 0 : LearningRate(iteration);

    /// <summary>Weight decay before per-parameter multipliers.</summary>
    public double WeightDecay(long iteration) => _weightDecay.At(iteration);

    /// <summary>EMA momentum of the teacher.</summary>
    public double TeacherMomentum(long iteration) => _teacherMomentum.At(iteration);

    /// <summary>Softmax temperature of the teacher.</summary>
    public double TeacherTemperature(long iteration) => _teacherTemperature.At(iteration);

    /// <summary>Temperature of the heads' weights by entropy, as a share of log(prototypes); null where all count alike.</summary>
    public double? EntropyTemperature(long iteration) => _entropyTemperature?.At(iteration);

    private static double PeakOf(PoaConfiguration configuration, int shards) => configuration.Optim.ScalingRule switch
    {
        LearningRateScaling.SqrtWrt1024 =>
            configuration.Optim.BaseLearningRate * Math.Sqrt((double)configuration.Train.BatchSizePerGpu * shards / 1024),
        LearningRateScaling.None => configuration.Optim.LearningRate,
        var rule => throw new NotSupportedException($"optim.scaling_rule {rule} is not supported."),
    };
}
