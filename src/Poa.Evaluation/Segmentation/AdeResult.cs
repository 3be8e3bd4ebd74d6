using Poa.Evaluation.Segmentation.Scoring;

namespace Poa.Evaluation.Segmentation;

/// <summary>Figures of one sub-network on ADE20K or a set of that layout.</summary>
/// <param name="Network">Name of the sub-network.</param>
/// <param name="Scores">aAcc, mIoU, mAcc and the figures of each class, as shares in [0, 1].</param>
/// <param name="ClassNames">Names of the classes in the order of the scores, or null where the set has none.</param>
/// <param name="Protocol">How the figures came about.</param>
public sealed record AdeResult(string Network, SemanticScores Scores, IReadOnlyList<string>? ClassNames, AdeProtocol Protocol);
