namespace Poa.Training.Step;

/// <summary>Scheduled values of one step.</summary>
/// <param name="LearningRate">Before the parameter groups' multipliers.</param>
/// <param name="LastLayerLearningRate">The same for prototype layers; 0 in the first epochs.</param>
/// <param name="WeightDecay">Before the parameter groups' multipliers.</param>
/// <param name="TeacherTemperature">Softmax temperature of the teacher's targets.</param>
/// <param name="TeacherMomentum">EMA momentum of the teacher's weights.</param>
/// <param name="MasksActive">Students see masked global crops, and the masked-patch loss counts.</param>
public sealed record StepSchedule(
    double LearningRate, double LastLayerLearningRate, double WeightDecay, double TeacherTemperature, double TeacherMomentum, bool MasksActive)
{
    /// <summary>Temperature of the heads' weights by entropy, see <see cref="Losses.HeadWeights"/>; null where all heads count alike.</summary>
    public double? EntropyTemperature { get; init; }
}
