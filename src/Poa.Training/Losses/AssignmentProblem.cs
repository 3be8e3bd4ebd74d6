using static TorchSharp.torch;

namespace Poa.Training.Losses;

/// <summary>Teacher outputs of one head branch that are turned into targets together.</summary>
/// <param name="Centres">The centres they belong to.</param>
/// <param name="Branch">Index of the head branch.</param>
/// <param name="Logits">[B, K] of each of this member's virtual shards; B may be 0.</param>
internal sealed record AssignmentProblem(TeacherCentres Centres, int Branch, Tensor[] Logits);
