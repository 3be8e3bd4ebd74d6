using Poa.Data.Datasets;
using Poa.Evaluation.Detection.Coco;
using Poa.Evaluation.Detection.Data;

namespace Poa.Evaluation.Detection;

/// <summary>Checks that a class number means the same in two sets.</summary>
internal static class CategoryAgreement
{
    /// <exception cref="DatasetException">Ids or names of the categories differ; the message names the first.</exception>
    public static void Require(CocoDetectionDataset train, CocoDetectionDataset test)
    {
        var (trained, tested) = (train.Annotations.Categories, test.Annotations.Categories);
        foreach (var category in tested.Concat(trained))
        {
            if (!trained.Contains(category) || !tested.Contains(category))
            {
                var (with, without) = trained.Contains(category) ? (train, test) : (test, train);
                throw new DatasetException(
                    $"{without.Name}: there is no category {category.Id} '{category.Name}', which {with.Name} has; the set has {CocoFault.Listed(without.Annotations.Categories)}. Training and test set need the same categories.");
            }
        }
    }
}
