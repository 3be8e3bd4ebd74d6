namespace Poa.Data.Scenes;

/// <summary>
/// Numbers of categories and classes. A label map has 0 for unlabelled (a plain ground), 1 .. C for the object categories and C + 1 .. for
/// the textures of the ground, as ADE20K numbers things and stuff alike. COCO knows the objects only, with ids that have gaps, as COCO's have.
/// </summary>
public static class SceneLabels
{
    private const int GapEvery = 3;

    /// <summary>The COCO category id of the object category at a place: 1, 2, 3, 5, 6, 7, 9, ...</summary>
    public static int CategoryId(int category) => category + 1 + (category / GapEvery);

    /// <summary>Names of the classes of label maps; the class of label k is at k - 1.</summary>
    public static IReadOnlyList<string> Classes(IReadOnlyList<string> categories) => [.. categories, .. Texture.Names];

    /// <summary>The label of a pixel.</summary>
    /// <param name="categories">Number of object categories C.</param>
    /// <param name="category">Category of the object in front; null for none.</param>
    /// <param name="texture">Texture of the ground; -1 for none.</param>
    internal static byte Of(int categories, int? category, int texture) =>
        checked((byte)(category is { } place ? place + 1 : texture < 0 ? 0 : categories + 1 + texture));
}
