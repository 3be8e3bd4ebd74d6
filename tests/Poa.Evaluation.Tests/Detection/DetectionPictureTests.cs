using Poa.Evaluation.Detection;
using Poa.Evaluation.Detection.Coco;
using Poa.Evaluation.Detection.Data;
using Poa.Evaluation.Drawing;

namespace Poa.Evaluation.Tests.Detection;

public sealed class DetectionPictureTests : IDisposable
{
    private readonly SceneSet scenes = new(2, 64, 48);
    private readonly CocoDetectionDataset dataset;

    public DetectionPictureTests() => dataset = scenes.Open();

    public void Dispose() => scenes.Dispose();

    [Fact]
    public void Of_TrueAndFoundObjects_StandSideBySide()
    {
        var box = new CocoBox(10, 12, 30, 20);
        var mask = RunLengthMask.FromBox(48, 64, new(12, 14, 5, 5));
        CocoDetection[] found =
        [
            new(20, SceneSet.Triangle, 0.9, box, CocoSegmentation.Of(mask)),
            new(20, SceneSet.Rectangle, 0.29, box),
        ];

        var picture = DetectionPicture.Of(dataset, 1, found, 0.3);

        Assert.Equal("2.png, objects: 2 true, 1 found with a score of at least 0.3", picture.Caption);
        var image = dataset.Load(1);
        var truth = Pictures.Objects(image, [.. dataset.ObjectsOf(1).Objects.Select(o => new DrawnObject(o.Label, dataset.ClassNames[o.Label], null, o.Box, o.Segmentation!.ToMask(48, 64)))]);
        var drawn = Pictures.Objects(image, [new(dataset.Annotations.CategoryIndex(SceneSet.Triangle), "triangle", 0.9, box, mask)]);
        Assert.Equal(Pictures.Sheet([("true", truth), ("found", drawn)], 2).Pixels.ToArray(), picture.Image.Pixels.ToArray());
        Assert.NotEqual(Pictures.Sheet([("true", truth), ("found", Pictures.Objects(image, []))], 2).Pixels.ToArray(), picture.Image.Pixels.ToArray());
    }

    [Fact]
    public void Of_MasksOnly_BoxesAreAroundThem()
    {
        var mask = RunLengthMask.FromBox(48, 64, new(12, 14, 5, 6));

        var picture = DetectionPicture.Of(dataset, 0, [new(10, SceneSet.Rectangle, 1, null, CocoSegmentation.Of(mask))], 0.5);

        Assert.Equal(
            DetectionPicture.Of(dataset, 0, [new(10, SceneSet.Rectangle, 1, new(12, 14, 5, 6), CocoSegmentation.Of(mask))], 0.5).Image.Pixels.ToArray(),
            picture.Image.Pixels.ToArray());
    }
}
