using Poa.Actors.Abstractions;
using Poa.Data.Datasets;
using Poa.Elastic;
using Poa.Evaluation.Dense.Training;
using Poa.Networks;
using Poa.Storage;
using Poa.Training.Exchange;
using Poa.Training.Exchange.Nccl;
using Poa.Training.Exchange.Tcp;
using Poa.Training.Session;
using Poa.Training.Step;

namespace Poa.Worker.Execution;

/// <summary>Codes of errors that workers add to <see cref="ErrorCodes"/>.</summary>
public static class WorkErrorCodes
{
    /// <summary>The run's configuration cannot be used.</summary>
    public const string InvalidConfiguration = "invalid-configuration";

    /// <summary>The data specification, or the folder behind it, cannot be used.</summary>
    public const string InvalidData = "invalid-data";

    /// <summary>An image cannot be read, and the work needs every image.</summary>
    public const string UnreadableImage = "unreadable-image";

    /// <summary>A checkpoint, or a file of one, is damaged.</summary>
    public const string DamagedCheckpoint = "damaged-checkpoint";

    /// <summary>A checkpoint belongs to other data or another configuration.</summary>
    public const string CheckpointMismatch = "checkpoint-mismatch";

    /// <summary>The published weights that a run is to start from do not fit its network, or are no weights.</summary>
    public const string InvalidWeights = "invalid-weights";

    /// <summary>Training for an evaluation does not stay finite, or its checkpoints do not fit.</summary>
    public const string TrainingFailed = "training-failed";

    /// <summary>The blob store has no room.</summary>
    public const string StorageFull = "storage-full";

    /// <summary>This version cannot do that.</summary>
    public const string NotSupported = "not-supported";

    /// <summary>The lease names a device that this worker lacks.</summary>
    public const string UnknownDevice = "unknown-device";

    /// <summary>Anything else: a fault of this software or of the machine.</summary>
    public const string Unexpected = "unexpected";
}

/// <summary>Turns exceptions into errors as data: the caller's faults are final, those of the infrastructure worth another try.</summary>
internal static class WorkErrors
{
    // errno of Linux, which .NET puts into HResult.
    private const int NoSpace = 28, ReadOnly = 30, QuotaExceeded = 122;

    /// <summary>The error that stands for <paramref name="exception"/>.</summary>
    public static WorkError From(Exception exception) => exception switch
    {
        PoaException e => e.Error,
        ConfigurationException e => new(WorkErrorCodes.InvalidConfiguration, e.Message, "Mend the configuration and start a new run."),
        DatasetException e => new(WorkErrorCodes.InvalidData, e.Message, "Mend the data, then resume the run."),
        UnreadableImageException e => new(WorkErrorCodes.UnreadableImage, e.Message, "Replace or remove that file; an evaluation leaves unreadable images out with the option allow_unreadable=true."),
        CheckpointDamagedException e => new(WorkErrorCodes.DamagedCheckpoint, e.Message, e.Remedy ?? "Use another checkpoint."),
        CheckpointException e => new(WorkErrorCodes.CheckpointMismatch, e.Message, "Resume with the data and configuration that the run was started with, or start a new run."),
        ShardLostException e => new(ErrorCodes.ShardLost, e.Message, "Nothing: the run goes on from its last checkpoint with the workers that are left.", Retryable: true),
        ShardRefusedException e => new(
            ErrorCodes.ShardLost, e.Message, "If it stays: give all workers the same exchange secret and certificates of one authority.", Retryable: true),
        NcclException e => new(ErrorCodes.ShardLost, e.Message, "Nothing, if it passes: the run goes on from its last checkpoint. NCCL_DEBUG=INFO has NCCL say more in the worker's output.", Retryable: true),
        NcclUnavailableException e => new(
            WorkErrorCodes.NotSupported,
            e.Message,
            "Give all workers NVIDIA cards and the same version of NVIDIA's NCCL where the system's loader finds it, or have them exchange by TCP (POA_EXCHANGE=tcp), then resume the run."),
        FrozenTeacherException e => new(
            WorkErrorCodes.InvalidConfiguration, e.Message, "Start a new run with keys that fit the teacher, or with another teacher."),
        FormationMismatchException e => new(
            WorkErrorCodes.CheckpointMismatch, e.Message, "Start all workers with the same version, images and number of threads.", Retryable: true),
        FineTuningException e => new(WorkErrorCodes.TrainingFailed, e.Message, "Choose other options, such as a lower learning rate, then evaluate again."),
        PublishedWeightsException e => new(WorkErrorCodes.InvalidWeights, e.Message, "See every tensor with: poa weights inspect FILE --preset NAME; then start a new run with other weights or another configuration."),
        WeightMismatchException e => new(WorkErrorCodes.CheckpointMismatch, e.Message, "Use the configuration that the checkpoint was made with."),
        SafetensorsException e => new(WorkErrorCodes.DamagedCheckpoint, e.Message, "Use another checkpoint."),
        StorageException { Fault: StorageFault.Full } e => new(WorkErrorCodes.StorageFull, e.Message, e.Remedy ?? "Make room, then resume."),
        StorageException e => new(ErrorCodes.StorageFailed, e.Message, e.Remedy ?? "Mend the store, then resume.", e.Fault is StorageFault.Unavailable or StorageFault.Other),
        TorchUnavailableException e => new(WorkErrorCodes.UnknownDevice, e.Message, "Start the host with a device that this machine and build have."),
        NotSupportedException e => new(WorkErrorCodes.NotSupported, e.Message, "Choose a setting that this version supports."),
        FormatException e => new(ErrorCodes.InvalidArgument, e.Message, "Correct the value."),
        // A file above a size limit (EFBIG) comes as an argument out of range.
        IOException { HResult: NoSpace or QuotaExceeded or ReadOnly } or ArgumentOutOfRangeException { ParamName: "value" } =>
            new(WorkErrorCodes.StorageFull, $"A file cannot be written: {exception.Message}", "Make room in the data folder (scratch files lie there too), then resume."),
        IOException e => new(ErrorCodes.StorageFailed, e.Message, "Check room and permissions of the data folder, then resume.", Retryable: true),
        _ => new(WorkErrorCodes.Unexpected, $"{exception.GetType().Name}: {exception.Message}", "See the host's log; resuming tries again from the last checkpoint.", Retryable: true),
    };
}
