namespace Poa.EndToEnd.Tests.Processes;

/// <summary>A run that trains for some seconds, with a checkpoint every few steps and room to be killed in between.</summary>
public static class TinyRun
{
    public const string Id = "tiny";

    public const int Steps = 60;

    public const int CheckpointEvery = 10;

    /// <summary>Arguments of <c>poa train</c>; one thread, since another number gives other bits.</summary>
    public static string[] Arguments { get; } =
    [
        "train", "--preset", "demo-quick", "--data", "demo", "--run", Id,
        $"train.OFFICIAL_EPOCH_LENGTH={Steps}", "optim.epochs=1", "optim.warmup_epochs=0", "train.batch_size_per_gpu=8", "train.threads=1",
        "student.max_depth=3", $"checkpoint.period_iterations={CheckpointEvery}", "checkpoint.keep_last=2",
    ];
}
