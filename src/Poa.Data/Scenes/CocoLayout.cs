using System.Globalization;
using System.Text.Json;

namespace Poa.Data.Scenes;

/// <summary>
/// Scenes in COCO's layout: <c>annotations/instances_train.json</c> and <c>instances_val.json</c>, pictures in <c>train</c> and <c>val</c>. Masks are
/// uncompressed run lengths of what shows of an object; box and area are those of the mask.
/// </summary>
internal sealed class CocoLayout(string folder, SceneRecipe recipe, IReadOnlyList<string> categories)
{
    /// <summary>Name of the folder below the set's.</summary>
    public const string FolderName = "coco";

    private static readonly JsonSerializerOptions Fields = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly List<Picture> images = [];
    private readonly List<Annotation> annotations = [];

    /// <summary>Writes a picture. Ids go on from split to split, so that none comes twice in the set.</summary>
    public void Add(SceneSplit split, int number, Scene scene, byte[] jpeg)
    {
        var id = (split == SceneSplit.Train ? 0 : recipe.TrainScenes) + number + 1;
        var file = string.Create(CultureInfo.InvariantCulture, $"{id:D12}.jpg");
        File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, Name(split))).FullName, file), jpeg);
        images.Add(new(id, file, scene.Image.Width, scene.Image.Height));
        for (var i = 0; i < scene.Objects.Count; i++)
        {
            var seen = scene.Objects[i];
            annotations.Add(new(
                annotations.Count + 1, id, SceneLabels.CategoryId(seen.Category), [seen.Box.X, seen.Box.Y, seen.Box.Width, seen.Box.Height], seen.VisibleArea, 0,
                new([scene.Image.Height, scene.Image.Width], MaskRuns.Of(scene, i))));
        }
    }

    /// <summary>Writes the instances file of the pictures added since the last.</summary>
    public void Complete(SceneSplit split)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "annotations")).FullName, $"instances_{Name(split)}.json");
        using var stream = File.Create(path);
        JsonSerializer.Serialize(stream, new Instances(images, annotations, [.. categories.Select((name, i) => new Category(SceneLabels.CategoryId(i), name))]), Fields);
        images.Clear();
        annotations.Clear();
    }

    private static string Name(SceneSplit split) => split == SceneSplit.Train ? "train" : "val";

    private sealed record Instances(IReadOnlyList<Picture> Images, IReadOnlyList<Annotation> Annotations, IReadOnlyList<Category> Categories);

    private sealed record Picture(int Id, string FileName, int Width, int Height);

    private sealed record Annotation(int Id, int ImageId, int CategoryId, int[] Bbox, int Area, int Iscrowd, Runs Segmentation);

    private sealed record Runs(int[] Size, IReadOnlyList<int> Counts);

    private sealed record Category(int Id, string Name);
}
