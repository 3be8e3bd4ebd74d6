using Poa.Data.Datasets;
using Poa.Evaluation.Detection.Data;

namespace Poa.Evaluation.Tests.Detection.Data;

/// <summary>COCO sets as training sees them: contiguous classes, mmdet's filters, faults that say what is wrong.</summary>
public sealed class CocoDetectionDatasetTests : IDisposable
{
    private const string Mask = "\"segmentation\": [[0, 0, 8, 0, 8, 8]]";

    private readonly SceneSet scenes = new(3, 64, 48);

    [Fact]
    public void Objects_GappedCategoryIds_BecomePlacesByRisingId()
    {
        var set = scenes.Open();

        Assert.Equal(["rectangle", "triangle"], set.ClassNames);
        Assert.Equal([0, 1], set.ObjectsOf(2).Objects.Select(o => o.Label));
        Assert.Equal((64, 48), (set.Load(1).Width, set.Load(1).Height));
    }

    [Fact]
    public void Objects_UnusableAndCrowds_AreLeftOutOrApart()
    {
        var set = Rewritten($$"""
            {"id": 1, "image_id": 10, "category_id": 5, "bbox": [0, 0, 8, 8], "area": 32, {{Mask}} },
            {"id": 2, "image_id": 10, "category_id": 5, "bbox": [0, 0, 0.5, 8], "area": 4, {{Mask}} },
            {"id": 3, "image_id": 10, "category_id": 5, "bbox": [0, 0, 8, 8], "area": 0, {{Mask}} },
            {"id": 4, "image_id": 10, "category_id": 5, "bbox": [64, 0, 8, 8], "area": 4, {{Mask}} },
            {"id": 5, "image_id": 10, "category_id": 11, "bbox": [4, 4, 9, 9], "area": 4, "iscrowd": 1, {{Mask}} },
            {"id": 6, "image_id": 20, "category_id": 11, "bbox": [4, 4, 9, 9], "area": 4, "iscrowd": 1, {{Mask}} }
            """);

        Assert.Equal([1], set.ObjectsOf(0).Objects.Select(o => o.Id));
        Assert.Equal(9, Assert.Single(set.ObjectsOf(0).Crowds).Width);
        Assert.Equal([0, 1], set.TrainingImages());
        Assert.Contains("sides of at least 49 pixels", Assert.Throws<DatasetException>(() => set.TrainingImages(49)).Message);
    }

    [Fact]
    public void Open_FileMissing_NamesSetImageFieldAndFile()
    {
        File.Delete(Path.Combine(scenes.Folder, "2.png"));

        AssertFault(() => scenes.Open(), scenes.Instances, "image 20, field 'file_name': there is no file", "2.png; 1 of 3 images are missing", "Give the folder");
    }

    [Fact]
    public void Open_FileNotNamed_SaysSo()
    {
        File.WriteAllText(scenes.Instances, File.ReadAllText(scenes.Instances).Replace(""", "file_name": "3.png" """.Trim(), "", StringComparison.Ordinal));

        AssertFault(() => scenes.Open(), "image 30, field 'file_name': it is missing", "add it");
    }

    [Theory]
    [InlineData("../3.png")]
    [InlineData("/etc/3.png")]
    public void Open_FileOutsideTheFolder_IsRefused(string name)
    {
        File.WriteAllText(scenes.Instances, File.ReadAllText(scenes.Instances).Replace("3.png", name, StringComparison.Ordinal));

        AssertFault(() => scenes.Open(), "image 30, field 'file_name'", name, "leads out of the folder");
    }

    [Fact]
    public void Load_OtherSizeThanTheSetSays_NamesBoth()
    {
        using var other = new SceneSet(3, 62, 48);
        File.Copy(Path.Combine(other.Folder, "1.png"), Path.Combine(scenes.Folder, "1.png"), overwrite: true);

        AssertFault(() => scenes.Open().Load(0), "image 10, field 'width': the set says 64 x 48", "has 62 x 48");
    }

    [Fact]
    public void Open_CategoryUnknown_NamesTheAnnotation() => AssertFault(
        () => Rewritten("""{"id": 1, "image_id": 10, "category_id": 6, "bbox": [0, 0, 8, 8], "area": 32}"""),
        "annotation 1, field 'category_id': there is no category 6; the set has 5, 11");

    [Fact]
    public void RequireMasks_ObjectWithoutOne_NamesIt() => AssertFault(
        () => Rewritten("""{"id": 1, "image_id": 10, "category_id": 5, "bbox": [0, 0, 8, 8], "area": 32, "segmentation": []}""").RequireMasks(),
        scenes.Instances, "annotation 1, field 'segmentation': it is missing", "switch masks off");

    [Fact]
    public void Fingerprint_FollowsContent()
    {
        using var same = new SceneSet(3, 64, 48);
        using var other = new SceneSet(3, 64, 48, seed: 2);

        Assert.Equal(scenes.Open().Fingerprint, same.Open().Fingerprint);
        Assert.NotEqual(scenes.Open().Fingerprint, other.Open().Fingerprint);
    }

    public void Dispose() => scenes.Dispose();

    private CocoDetectionDataset Rewritten(string annotations)
    {
        var text = File.ReadAllText(scenes.Instances);
        File.WriteAllText(scenes.Instances, $"{text[..text.IndexOf("\"annotations\"", StringComparison.Ordinal)]}\"annotations\": [{annotations}]}}");
        return scenes.Open();
    }

    private static void AssertFault(Action read, params string[] parts)
    {
        var message = Assert.Throws<DatasetException>(read).Message;
        Assert.All(parts, part => Assert.Contains(part, message));
    }
}
