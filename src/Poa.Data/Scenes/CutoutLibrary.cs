using Poa.Data.Datasets;

namespace Poa.Data.Scenes;

/// <summary>The pictures that scenes are composed of.</summary>
/// <param name="Categories">Names of the categories.</param>
/// <param name="Train">By category, pictures for scenes to train on; at least one each.</param>
/// <param name="Val">By category, other pictures, for scenes to evaluate on; at least one each.</param>
/// <param name="IsGrey">Whether all pictures are grey, so that grounds should be too.</param>
/// <param name="Fingerprint">SHA-256 (lower-case hex) that changes when the pictures do.</param>
internal sealed record CutoutLibrary(
    IReadOnlyList<string> Categories, IReadOnlyList<IReadOnlyList<Cutout>> Train, IReadOnlyList<IReadOnlyList<Cutout>> Val, bool IsGrey, string Fingerprint)
{
    /// <summary>Opens the pictures that a recipe names.</summary>
    /// <exception cref="DatasetException">They are not there.</exception>
    public static CutoutLibrary Open(SceneRecipe recipe) => recipe.Source switch
    {
        SceneSource.Fashion => FashionCutouts.Open(),
        SceneSource.Tuxpaint => StampCutouts.Open(recipe.Stamps, recipe.MaxSide),
        _ => throw new NotSupportedException($"Pictures of the source {recipe.Source} are not known."),
    };

    /// <summary>The pictures of a split, by category.</summary>
    public IReadOnlyList<IReadOnlyList<Cutout>> Of(SceneSplit split) => split == SceneSplit.Train ? Train : Val;
}
