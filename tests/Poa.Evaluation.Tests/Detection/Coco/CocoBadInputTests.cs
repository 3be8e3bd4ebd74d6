using Poa.Data.Datasets;
using Poa.Evaluation.Detection.Coco;

namespace Poa.Evaluation.Tests.Detection.Coco;

/// <summary>What is wrong with a file is said with the file, the record, the field, and what to do.</summary>
public sealed class CocoBadInputTests : IDisposable
{
    private const string Images = """{"id": 7, "width": 4, "height": 3, "file_name": "7.jpg"}""";
    private const string Categories = """{"id": 3, "name": "cat"}, {"id": 90, "name": "dog"}""";
    private const string Box = "\"bbox\": [0, 0, 2, 2], \"area\": 4";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("poa-coco-");

    public static TheoryData<string, string, string> Annotations() => new()
    {
        { $$"""{"id": 5, "image_id": 8, "category_id": 3, {{Box}}}""", "annotation 5, field 'image_id': there is no image 8", "Add the image" },
        { $$"""{"id": 5, "image_id": 7, "category_id": 4, {{Box}}}""", "annotation 5, field 'category_id': there is no category 4; the set has 3, 90", "Add the category" },
        { $$"""{"segmentation": [[0, 0, 2, 2]], "id": 5, "image_id": 7, "category_id": 3, {{Box}}}""", "annotation 5, field 'segmentation': a polygon has 4 numbers: fewer than 3 points", "Correct or remove" },
        { $$"""{"id": 5, "image_id": 7, "category_id": 3, {{Box}}, "segmentation": [[0, 0, 2, 2, 2, 0, 1]]}""", "annotation 5, field 'segmentation': a polygon has 7 numbers", "Correct or remove" },
        { $$"""{"id": 5, "image_id": 7, "category_id": 3, {{Box}}, "segmentation": {"size": [3, 4], "counts": [5, 6]} }""", "annotation 5, field 'segmentation': the runs sum to 11, and the image has 12 pixels", "Correct or remove" },
        { $$"""{"id": 5, "image_id": 7, "category_id": 3, {{Box}}, "segmentation": {"counts": "56", "size": [3, 4]} }""", "annotation 5, field 'segmentation': the runs sum to 11, and the image has 12 pixels", "Correct or remove" },
        { $$"""{"id": 5, "image_id": 7, "category_id": 3, {{Box}}, "segmentation": {"size": [4, 3], "counts": [12]} }""", "annotation 5, field 'segmentation': the mask is of 4 x 3 pixels (height x width), the image of 3 x 4", "image's size" },
        { $$"""{"id": 5, "image_id": 7, "category_id": 3, {{Box}}, "segmentation": {"size": [3, 4]} }""", "annotation 5, field 'segmentation': the run lengths have no counts", "Correct or remove" },
        { $$"""{"id": 5, "image_id": 7, "category_id": 3, {{Box}}, "segmentation": 12}""", "annotation 5, field 'segmentation': it is neither", "Correct or remove" },
        { $$"""{"id": 5, "image_id": 7, "category_id": 3, {{Box}}}, {"id": 5, "image_id": 7, "category_id": 3, {{Box}}}""", "annotation 5, field 'id': two annotations have this id", "Number the annotations" },
        { """{"id": 5, "image_id": 7, "category_id": 3, "area": 4, "bbox": [0, 0, 2]}""", "annotation 5, field 'bbox': it has 3 numbers", "Correct or remove" },
        { """{"id": 5, "image_id": 7, "category_id": 3, "area": 4, "bbox": [0, 0, -2, 1]}""", "annotation 5, field 'bbox': the box has a negative width", "Correct or remove" },
        { """{"id": 5, "image_id": 7, "category_id": 3, "area": 4}""", "annotation 5, field 'bbox': it is missing", "add it" },
        { """{"id": 5, "image_id": 7, "category_id": 3, "area": "4", "bbox": [0, 0, 2, 1]}""", "annotation 5, field 'area': it is text, not a finite number", "Correct or remove" },
        { $$"""{"image_id": 7, "category_id": 3, {{Box}}}""", "annotation without id (number 1 of the file), field 'id': it is missing", "add it" },
    };

    public static TheoryData<string, string, string> Detections() => new()
    {
        { """[{"image_id": 8, "category_id": 3, "score": 1, "bbox": [0, 0, 1, 1]}]""", "detection 1 (image 8), field 'image_id': there is no image 8 in", "the set they were made from" },
        { """[{"image_id": 7, "category_id": 0, "score": 1, "bbox": [0, 0, 1, 1]}]""", "detection 1 (image 7), field 'category_id': there is no category 0", "the set's category ids" },
        { """[{"image_id": 7, "category_id": 3, "bbox": [0, 0, 1, 1]}]""", "detection 1 (image 7), field 'score': it is missing", "add it" },
        { """[{"image_id": 7, "category_id": 3, "score": 1}]""", "detection 1 (image 7), field 'segmentation': there is no mask", "a box, or every one a mask" },
        { """[{"image_id": 7, "category_id": 3, "score": 1, "bbox": [0, 0, 1, 1]}, {"image_id": 7, "category_id": 3, "score": 1, "bbox": []}]""", "detection 2 (image 7), field 'bbox': it is missing", "Give every detection a box" },
        { """[{"image_id": 7, "category_id": 3, "score": 1, "segmentation": {"size": [3, 4], "counts": "56"}}]""", "detection 1 (image 7), field 'segmentation': the runs sum to 11", "Correct or remove" },
        { """[{"image_id": 7, "category_id": 3, "score": 1, "segmentation": {"size": [4, 3], "counts": "<"}}]""", "detection 1 (image 7), field 'segmentation': the mask is of 4 x 3", "Paste the mask" },
        { """{"image_id": 7}""", "holds an object", "A results file is a list" },
        { "[1]", "entry 1 is a number", "A results file is a list" },
    };

    [Theory]
    [MemberData(nameof(Annotations))]
    public void ReadAnnotations_BadRecord_NamesFileIdFieldAndRemedy(string annotations, string what, string remedy) =>
        AssertFault(() => CocoAnnotations.Read(Instances(annotations)), "set.json", what, remedy);

    [Theory]
    [MemberData(nameof(Detections))]
    public void ReadDetections_BadRecord_NamesFileNumberFieldAndRemedy(string detections, string what, string remedy)
    {
        var set = CocoAnnotations.Read(Instances(""));

        AssertFault(() => CocoDetections.Read(Written("results.json", detections), set), "results.json", what, remedy);
    }

    [Theory]
    [InlineData("""{"images": [], "annotations": [], "categories": [}""", "is not valid JSON")]
    [InlineData("""{"images": [{"id": 1, "width":""", "is not valid JSON")]
    [InlineData("", "is not valid JSON")]
    [InlineData("""{"images": [], "annotations": []}""", "has no 'categories'")]
    [InlineData("""{"images": 3, "annotations": [], "categories": []}""", "'images' comes twice or holds a number")]
    [InlineData("[]", "holds an array")]
    [InlineData("""{"images": [], "annotations": [], "categories": []} 1""", "is not valid JSON")]
    [InlineData("""{"images": [{"id": 1, "width": 0, "height": 3}], "annotations": [], "categories": []}""", "image 1, field 'width': it is 0, outside 1")]
    [InlineData("""{"images": [{"id": 1, "width": 2, "height": 3}, {"id": 1, "width": 2, "height": 3}], "annotations": [], "categories": []}""", "image 1, field 'id': two entries have this image id")]
    [InlineData("""{"images": [], "annotations": [], "categories": [{"id": 2, "name": "a"}, {"id": 2, "name": "b"}]}""", "category 2, field 'id': two entries")]
    public void ReadAnnotations_BadFile_NamesFileAndFault(string json, string what) =>
        AssertFault(() => CocoAnnotations.Read(Written("set.json", json)), "set.json", what, ".");

    [Fact]
    public void ReadAnnotations_NoFile_NamesIt() =>
        AssertFault(() => CocoAnnotations.Read(Path.Combine(folder.FullName, "none.json")), "none.json", "does not exist", "Give the path");

    [Fact]
    public void EvaluateMasks_ObjectWithoutMask_NamesTheAnnotation()
    {
        var set = CocoAnnotations.Read(Instances($$"""{"id": 5, "image_id": 7, "category_id": 3, {{Box}}, "segmentation": []}"""));
        var detections = new CocoDetections(set, [new(7, 3, 0.5, new CocoBox(0, 0, 2, 2))]);

        AssertFault(() => new CocoEvaluator(new() { Kind = CocoOverlapKind.Masks }).Evaluate(detections, TestContext.Current.CancellationToken), "set.json", "annotation 5, field 'segmentation'", "score boxes");
        Assert.NotNull(new CocoEvaluator().Evaluate(detections, TestContext.Current.CancellationToken).Figures.Precision);
    }

    [Fact]
    public void ReadAnnotations_LargerThanTheBufferWithUnknownFieldsAndMark_ReadsAll()
    {
        var polygon = string.Join(", ", Enumerable.Range(0, 30_000).Select(i => $"{i % 4}, {i % 3}"));
        var annotations = string.Join(",\n", Enumerable.Range(1, 2000).Select(id => $$$"""{"extra": {"a": [{{{id}}}, {"b": null}]}, "id": {{{id}}}, "image_id": 7, "category_id": 90, {{{Box}}}, "iscrowd": {{{id % 2}}}}"""))
            + $$""", {"id": 9999, "image_id": 7, "category_id": 3, {{Box}}, "segmentation": [[{{polygon}}]]}""";

        var set = CocoAnnotations.Read(Instances(annotations, "\uFEFF"));

        Assert.Equal([.. Enumerable.Range(1, 2000), 9999], set.Annotations.Select(a => (int)a.Id));
        Assert.Equal(1000, set.Annotations.Count(a => a.IsCrowd));
        Assert.NotNull(set.Annotations[^1].Segmentation);
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(10, 1, 100)]
    [InlineData(1, 10, 50)]
    public void Evaluator_BadLimits_Throws(params int[] limits) =>
        Assert.Throws<ArgumentException>(() => new CocoEvaluator(new() { MaxDetections = [.. limits] }));

    public void Dispose() => folder.Delete(recursive: true);

    private static void AssertFault(Action read, string file, string what, string remedy)
    {
        var message = Assert.Throws<DatasetException>(read).Message;
        Assert.Contains(file, message);
        Assert.Contains(what, message);
        Assert.Contains(remedy, message);
    }

    private string Instances(string annotations, string mark = "") => Written(
        "set.json",
        $$"""{{mark}}{"licenses": [{"id": 1}], "annotations": [{{annotations}}], "images": [{{Images}}], "categories": [{{Categories}}]}""");

    private string Written(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
