using Poa.Data.Datasets;

namespace Poa.Evaluation.Detection.Coco;

/// <summary>Says what is wrong with a record of a COCO file, always in the same order.</summary>
internal static class CocoFault
{
    private const int Listable = 12;

    public static DatasetException Of(string file, string record, string field, string what, string remedy) =>
        new($"{file}: {record}, field '{field}': {what}. {remedy}");

    /// <summary>The first few ids of the categories.</summary>
    public static string Listed(IReadOnlyList<CocoCategory> categories) => categories.Count == 0
        ? "none"
        : string.Join(", ", categories.Take(Listable).Select(category => category.Id)) + (categories.Count > Listable ? $" and {categories.Count - Listable} more" : "");
}
