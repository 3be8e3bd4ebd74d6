using Poa.Elastic;
using Poa.Training.Session;

namespace Poa.Training.Tests.Session;

/// <summary>A run of a few steps with everything on: both students, local crops, masked patches, stochastic depth.</summary>
internal static class TinyRun
{
    public static PoaConfiguration Configuration(params string[] overrides) => OfRecipe(null, overrides);

    /// <summary>The same run with a recipe over it.</summary>
    public static PoaConfiguration OfRecipe(string? recipe, params string[] overrides) => PoaConfiguration.Load(
        ConfigurationRecipes.Over([new ConfigurationSource("tiny.yaml", """
            student: {arch: vit_dynamic, patch_size: 4, min_embed_dim: 16, max_embed_dim: 32, head_dim: 8, min_depth: 2, max_depth: 3, drop_path_rate: 0.2, layerscale: 0.1}
            dino: {head_n_prototypes: [24, 32], head_hidden_dim: 32, head_bottleneck_dim: 8}
            train: {batch_size_per_gpu: 6, OFFICIAL_EPOCH_LENGTH: 4, threads: 1, num_workers: 1, seed: 7}
            teacher: {warmup_teacher_temp_epochs: 1}
            optim: {epochs: 3, warmup_epochs: 1, ibot_activate_epochs: 0, freeze_last_layer_epochs: 1, iter_num_scale: 1.0}
            crops: {global_crops_size: 16, local_crops_size: 8, local_crops_number: 3}
            checkpoint: {period_iterations: 4}
            """)], recipe),
        overrides);

    /// <summary>The same run with a network of another family: each with an elastic student, local crops and masked patches.</summary>
    public static PoaConfiguration OfFamily(string family, params string[] overrides) => PoaConfiguration.Load(
        [new ConfigurationSource("tiny.yaml", family switch
        {
            "swin" => """
                student: {arch: swin_dynamic, patch_size: 2, min_embed_dim: 8, max_embed_dim: 16, head_dim: 4, min_s3_depth: 1, max_depths: [1, 1, 3, 1], window_size: 3, drop_path_rate: 0.2, ibot_scale_factor: 4}
                """,
            _ => """
                student: {arch: resnet_dynamic, stem_channels: 8, base_channels: 4, num_gn_groups: 2, min_depths: [1, 1, 1, 1], max_depths: [1, 2, 3, 1], ibot_scale_factor: 4}
                """,
        } + """

            dino: {head_n_prototypes: [24, 32], head_hidden_dim: 32, head_bottleneck_dim: 8}
            train: {batch_size_per_gpu: 6, OFFICIAL_EPOCH_LENGTH: 4, threads: 1, num_workers: 1, seed: 7, scale_for_num_patch: 2}
            teacher: {warmup_teacher_temp_epochs: 1}
            optim: {epochs: 3, warmup_epochs: 1, ibot_activate_epochs: 0, freeze_last_layer_epochs: 1, iter_num_scale: 1.0}
            crops: {global_crops_size: 32, local_crops_size: 16, local_crops_number: 2}
            checkpoint: {period_iterations: 4}
            """)],
        overrides);

    public static string TemporaryFolder() => Directory.CreateTempSubdirectory("poa-session-").FullName;
}

/// <summary>Keeps what a session reports; can stop it after some step.</summary>
internal sealed class RecordingObserver(CancellationTokenSource? stop = null, long stopAfterSteps = long.MaxValue) : ISessionObserver
{
    public List<StepRecord> Steps { get; } = [];

    public List<(string Folder, long Iteration)> Checkpoints { get; } = [];

    public List<SessionEvent> Events { get; } = [];

    public void OnStep(StepRecord record)
    {
        Steps.Add(record);
        if (Steps.Count == stopAfterSteps)
        {
            stop?.Cancel();
        }
    }

    public void OnCheckpoint(string folder, long iteration) => Checkpoints.Add((folder, iteration));

    public void OnEvent(SessionEvent sessionEvent) => Events.Add(sessionEvent);
}
