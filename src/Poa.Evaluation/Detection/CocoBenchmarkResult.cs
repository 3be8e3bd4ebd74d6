using Poa.Evaluation.Detection.Coco;

namespace Poa.Evaluation.Detection;

/// <summary>The figures of one category, each in [0, 1].</summary>
/// <param name="Id">The category's id in the set.</param>
/// <param name="Name">Its name.</param>
/// <param name="Figures">COCO's twelve.</param>
public sealed record CategoryFigures(long Id, string Name, CocoFigures Figures);

/// <summary>Figures of boxes or of masks.</summary>
/// <param name="Figures">COCO's twelve over all categories, each in [0, 1].</param>
/// <param name="Categories">The same for each category, by rising id.</param>
public sealed record DetectionFigures(CocoFigures Figures, IReadOnlyList<CategoryFigures> Categories)
{
    /// <summary>The headline: AP in percent; null where there is no object to find.</summary>
    public double? PrecisionPercent => 100 * Figures.Precision;

    internal static DetectionFigures Of(CocoScores scores) => new(
        scores.Figures,
        [.. scores.Categories.Select((category, i) => new CategoryFigures(category.Id, category.Name, scores.OfCategory(i)))]);
}

/// <summary>What a sub-network reaches on COCO.</summary>
/// <param name="Network">Name of the sub-network.</param>
/// <param name="Boxes">Figures of boxes.</param>
/// <param name="Masks">Figures of masks; null for a detector without mask heads.</param>
/// <param name="Protocol">How the figures came about.</param>
public sealed record CocoBenchmarkResult(string Network, DetectionFigures Boxes, DetectionFigures? Masks, CocoBenchmarkProtocol Protocol);
