#pragma warning disable CS1591 // Each key is described by its attribute, which the printed reference shows too: one text, not two.

namespace Poa.Elastic;

/// <summary>Section <c>teacher</c>.</summary>
public sealed record TeacherOptions
{
    [ConfigurationKey("elastic", "Whether the elastic student's targets come from the teacher's sub-network of the same size (POA-V2 and V3) instead of from the intact teacher.")]
    public bool Elastic { get; init; }

    [ConfigurationKey("momentum_teacher", "EMA momentum at step 0; goes to final_momentum_teacher on a cosine.", Min = 0, Max = 1)]
    public double Momentum { get; init; } = 0.992;

    [ConfigurationKey("final_momentum_teacher", "EMA momentum at the end.", Min = 0, Max = 1)]
    public double FinalMomentum { get; init; } = 0.9999;

    [ConfigurationKey("warmup_teacher_temp", "Teacher temperature at step 0.", Min = 0, MinExclusive = true, Max = 10)]
    public double WarmupTemperature { get; init; } = 0.04;

    [ConfigurationKey("teacher_temp", "Teacher temperature after its warm-up.", Min = 0, MinExclusive = true, Max = 10)]
    public double Temperature { get; init; } = 0.07;

    [ConfigurationKey("warmup_teacher_temp_epochs", "Epochs of the linear temperature warm-up.", Min = 0)]
    public int WarmupTemperatureEpochs { get; init; } = 30;
}
