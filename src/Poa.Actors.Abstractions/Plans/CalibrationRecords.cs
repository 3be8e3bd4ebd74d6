namespace Poa.Actors.Abstractions;

/// <summary>What is to be measured.</summary>
/// <param name="ConfigurationYaml">The whole configuration, canonical YAML.</param>
/// <param name="Data">Data specification of the training images.</param>
[GenerateSerializer, Immutable, Alias("poa.CalibrationRequest")]
public sealed record CalibrationRequest([property: Id(0)] string ConfigurationYaml, [property: Id(1)] string Data);

/// <summary>Where a calibration stands.</summary>
public enum CalibrationStatus
{
    /// <summary>All devices are busy, or there is none: it is the turn of this one when a device is free.</summary>
    WaitingForDevice,

    /// <summary>A worker takes steps.</summary>
    Running,

    /// <summary>The result is stored.</summary>
    Completed,

    /// <summary>It ended with an error; asking again tries again.</summary>
    Failed,

    /// <summary>It was given up on request; asking again starts it again.</summary>
    Cancelled,
}

/// <summary>A calibration as it stands.</summary>
/// <param name="Key">Its key: what to ask for it by.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Result">What was measured, once it is completed.</param>
/// <param name="Error">Why it failed, if it did.</param>
/// <param name="Attempts">How often it was handed to a worker.</param>
/// <param name="FinishedAt">When it ended.</param>
[GenerateSerializer, Immutable, Alias("poa.CalibrationSnapshot")]
public sealed record CalibrationSnapshot(
    [property: Id(0)] string Key,
    [property: Id(1)] CalibrationStatus Status,
    [property: Id(2)] CalibrationResult? Result = null,
    [property: Id(3)] WorkError? Error = null,
    [property: Id(4)] int Attempts = 0,
    [property: Id(5)] DateTimeOffset? FinishedAt = null)
{
    /// <summary>True if nothing more happens by itself.</summary>
    public bool IsFinished => Status is CalibrationStatus.Completed or CalibrationStatus.Failed or CalibrationStatus.Cancelled;
}

/// <summary>A few real training steps, measured on a worker's device.</summary>
[GenerateSerializer, Immutable, Alias("poa.CalibrationResult")]
public sealed record CalibrationResult
{
    /// <summary>What <see cref="EstimatedDuration"/> leaves out, for people.</summary>
    public const string NotIncluded =
        "Not included: waiting for a device, writing checkpoints, evaluations. Other work on the machine, then or now, changes it.";

    /// <summary>Mean time of a measured step, waiting for its images included, in seconds.</summary>
    [Id(0)]
    public required double SecondsPerStep { get; init; }

    /// <summary>The quickest measured step, in seconds; steps differ by the sub-network they draw.</summary>
    [Id(1)]
    public required double FastestStep { get; init; }

    /// <summary>The slowest measured step, in seconds.</summary>
    [Id(2)]
    public required double SlowestStep { get; init; }

    /// <summary>Measured steps; the warm-up step is not among them.</summary>
    [Id(3)]
    public required int MeasuredSteps { get; init; }

    /// <summary>Images per second.</summary>
    [Id(4)]
    public required double ImagesPerSecond { get; init; }

    /// <summary>Steps of the whole run.</summary>
    [Id(5)]
    public required long TotalSteps { get; init; }

    /// <summary>Most memory that the worker process held during the measurement, in bytes; null where it is not known.</summary>
    [Id(6)]
    public long? PeakMemory { get; init; }

    /// <summary>The shard that measured, such as <c>local/cpu</c>.</summary>
    [Id(7)]
    public required string Shard { get; init; }

    /// <summary>Threads of the tensor library.</summary>
    [Id(8)]
    public required int Threads { get; init; }

    /// <summary>Version of the software that measured.</summary>
    [Id(9)]
    public required string SoftwareVersion { get; init; }

    /// <summary>Images in the training set.</summary>
    [Id(10)]
    public required long Images { get; init; }

    /// <summary>Steps times seconds per step; see <see cref="NotIncluded"/>.</summary>
    public TimeSpan EstimatedDuration => TimeSpan.FromSeconds(Math.Min(TotalSteps * SecondsPerStep, TimeSpan.MaxValue.TotalSeconds / 2));
}
