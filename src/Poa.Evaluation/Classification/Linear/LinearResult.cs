using System.Globalization;

namespace Poa.Evaluation.Classification.Linear;

/// <summary>What tells one classifier of a probe from the others.</summary>
/// <param name="Blocks">Blocks whose class tokens it sees; fewer than asked for where the network has no more.</param>
/// <param name="AveragePooling">Whether it also sees the mean of the last block's patch tokens.</param>
/// <param name="LearningRate">Learning rate for a batch of 256 images.</param>
public sealed record LinearSetting(int Blocks, bool AveragePooling, double LearningRate)
{
    /// <summary>For people and protocols, for instance <c>blocks=4 avgpool=true lr=0.01</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"blocks={Blocks} avgpool={(AveragePooling ? "true" : "false")} lr={LearningRate}");
}

/// <summary>Accuracy of one classifier, as fractions of the validation images.</summary>
/// <param name="Setting">Which classifier.</param>
/// <param name="Top1">Share of images whose own class has the highest score, in [0, 1]. Ties go to the class with the lower index.</param>
/// <param name="Top5">Share of images whose own class is among the five highest, in [0, 1].</param>
public sealed record LinearAccuracy(LinearSetting Setting, double Top1, double Top5);

/// <summary>The linear probe of one sub-network.</summary>
/// <param name="Network">Name of the sub-network.</param>
/// <param name="Best">The classifier with the highest top-1 on the validation images; the first of equals.</param>
/// <param name="Accuracies">All classifiers, in the order of the settings.</param>
/// <param name="Protocol">How the figures came about.</param>
public sealed record LinearResult(string Network, LinearAccuracy Best, IReadOnlyList<LinearAccuracy> Accuracies, LinearProtocol Protocol);
