using Poa.Elastic;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Training.Tests.Session;

/// <summary>Weight files of plain networks to be distilled.</summary>
internal static class FrozenTeacherFile
{
    /// <summary>A run that distils a teacher of 32 channels into a network half as wide.</summary>
    public static PoaConfiguration Run(params string[] overrides) => TinyRun.Configuration(
    [
        "student.elastic=false", "student.max_embed_dim=16", "student.max_depth=2", "dino.loss_weight=0", "dino.koleo_loss_weight=0", "ibot.loss_weight=0",
        "ibot.mask_sample_probability=0", "crops.local_crops_number=0", "guard.collapsed_steps=0", "teacher.momentum_teacher=0", "teacher.final_momentum_teacher=0",
        "seed.loss_weight=1", "seed.teacher_run=other", "seed.embedding_dim=32", "seed.head_hidden_dim=24", "seed.queue_length=40", .. overrides,
    ]);

    /// <summary>Writes the intact network of a configuration, untrained.</summary>
    public static string Write(string folder, string name, PoaConfiguration configuration, long seed = 11)
    {
        using var scope = NewDisposeScope();
        using var backbone = ElasticBackbone.Create(configuration, seed);
        var path = Path.Combine(folder, name);
        using var stream = File.Create(path);
        var shape = Extraction.Configuration(backbone, backbone.Grid.Intact, new() { Mean = [.. configuration.Augmentation.Mean], StandardDeviation = [.. configuration.Augmentation.StandardDeviation] });
        Extraction.Save(stream, Extraction.PlainWeights(backbone, backbone.Grid.Intact), shape);
        return path;
    }
}
