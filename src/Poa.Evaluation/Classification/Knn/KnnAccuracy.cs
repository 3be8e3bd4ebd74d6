namespace Poa.Evaluation.Classification.Knn;

/// <summary>Accuracy for one k, as fractions of the test images (micro average: every image counts the same).</summary>
/// <param name="K">Number of neighbours asked for.</param>
/// <param name="NeighboursUsed">Number of neighbours used: less than <paramref name="K"/> where the training set is smaller.</param>
/// <param name="Top1">Share of images whose own class has most votes, in [0, 1]. Ties go to the class with the lower index.</param>
/// <param name="Top5">Share of images whose own class is among the five with most votes, in [0, 1].</param>
/// <param name="PerClassTop1">Top-1 of the images of each class, in [0, 1]; null for a class without test images.</param>
public sealed record KnnAccuracy(int K, int NeighboursUsed, double Top1, double Top5, IReadOnlyList<double?> PerClassTop1);
