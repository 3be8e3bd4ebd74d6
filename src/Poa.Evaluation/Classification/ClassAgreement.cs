using Poa.Data.Datasets;

namespace Poa.Evaluation.Classification;

/// <summary>Checks that two sets can be compared by their labels.</summary>
internal static class ClassAgreement
{
    /// <summary>The class names that both sets share.</summary>
    /// <exception cref="DatasetException">A set has no labels, or the class lists differ; the message says where.</exception>
    public static IReadOnlyList<string> Require(IImageDataset train, IImageDataset test)
    {
        var (trainNames, testNames) = (NamesOf(train, "training"), NamesOf(test, "test"));
        if (trainNames.SequenceEqual(testNames, StringComparer.Ordinal))
        {
            return trainNames;
        }

        throw new DatasetException(
            $"The classes of {train.Name} and {test.Name} differ: {Difference(trainNames, testNames)}. "
            + "Both need the same class folders, so that a label means the same in both.");
    }

    private static IReadOnlyList<string> NamesOf(IImageDataset set, string which) => set.ClassNames
        ?? throw new DatasetException(
            $"The {which} set {set.Name} has no labels, which an evaluation needs. Give a set with one sub-folder per class.");

    private static string Difference(IReadOnlyList<string> train, IReadOnlyList<string> test)
    {
        var onlyTrain = train.Except(test, StringComparer.Ordinal).ToArray();
        var onlyTest = test.Except(train, StringComparer.Ordinal).ToArray();
        return onlyTrain.Length + onlyTest.Length == 0
            ? "they come in another order"
            : $"{train.Count} and {test.Count} classes; {Listed("only in the training set", onlyTrain)}; {Listed("only in the test set", onlyTest)}";
    }

    private static string Listed(string where, string[] names) =>
        $"{where}: {(names.Length == 0 ? "none" : string.Join(", ", names.Take(5)) + (names.Length > 5 ? $" and {names.Length - 5} more" : ""))}";
}
