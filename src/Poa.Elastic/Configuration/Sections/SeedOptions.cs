#pragma warning disable CS1591 // Each key is described by its attribute, which the printed reference shows too: one text, not two.

namespace Poa.Elastic;

/// <summary>Section <c>seed</c> (ours): distilling a small network from a frozen teacher with a queue of its embeddings (SEED, arXiv 2101.04731).</summary>
public sealed record SeedOptions
{
    [ConfigurationKey("loss_weight", "Weight of the distillation loss; above 0 the run distils a frozen teacher and has no other loss against a teacher.", Min = 0)]
    public double LossWeight { get; init; }

    [ConfigurationKey("teacher_run", "Run whose checkpoint the frozen teacher is taken from, when this run begins; it is then copied into this run.")]
    public string TeacherRun { get; init; } = "";

    [ConfigurationKey("teacher_step", "Step of that checkpoint; -1 for the newest one there is then.", Min = -1)]
    public long TeacherStep { get; init; } = -1;

    [ConfigurationKey("teacher_sub_network", "Which sub-network of that run is the teacher, such as 768x12; empty for the intact one.")]
    public string TeacherSubNetwork { get; init; } = "";

    [ConfigurationKey("embedding_dim", "Channels of the teacher's class token, which are its embedding and what the student's head comes to.", Min = 1, Max = 65536)]
    public int EmbeddingDim { get; init; } = 1024;

    [ConfigurationKey("head_hidden_dim", "Hidden width of the student's head, an MLP of two layers.", Min = 1, Max = 65536)]
    public int HeadHiddenDim { get; init; } = 2048;

    [ConfigurationKey("queue_length", "Embeddings in the queue: at least those of one step, two for each image.", Min = 1)]
    public int QueueLength { get; init; } = 65536;

    [ConfigurationKey("student_temp", "Softmax temperature of the student's similarities.", Min = 0, MinExclusive = true, Max = 10)]
    public double StudentTemperature { get; init; } = 0.2;

    [ConfigurationKey("teacher_temp", "Softmax temperature of the teacher's similarities.", Min = 0, MinExclusive = true, Max = 10)]
    public double TeacherTemperature { get; init; } = 0.01;
}
