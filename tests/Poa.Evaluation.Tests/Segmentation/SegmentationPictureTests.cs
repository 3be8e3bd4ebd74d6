using Poa.Data.Segmentation;
using Poa.Evaluation.Drawing;
using Poa.Evaluation.Segmentation;

namespace Poa.Evaluation.Tests.Segmentation;

public sealed class SegmentationPictureTests
{
    private static readonly ColouredScenes Scenes = new("scenes", 3, 2);

    [Fact]
    public void Of_TrueAndFoundClasses_StandSideBySideWithTheirAgreement()
    {
        var (image, truth) = Scenes.Load(1);
        var found = new LabelMap(truth.Width, truth.Height, [.. truth.Labels.ToArray().Select((label, i) => i % 4 == 0 ? (byte)2 : (byte)0)]);

        var picture = SegmentationPicture.Of(Scenes, 1, found);

        // The last column of the scenes is unlabelled.
        var labelled = Enumerable.Range(0, truth.Labels.Length).Where(i => truth.Labels[i] != LabelMap.Ignored).ToArray();
        var right = 100.0 * labelled.Count(i => truth.Labels[i] == found.Labels[i]) / labelled.Length;
        Assert.Equal(FormattableString.Invariant($"Test image 2: true classes, and found ones ({right:F1} % of the labelled pixels are right)"), picture.Caption);
        string[] names = ["red", "green", "blue"];
        var sheet = Pictures.Sheet(
            [
                ("true", Pictures.LabelMap(image, [.. truth.Labels.ToArray().Select(label => label == LabelMap.Ignored ? -1 : label)], names)),
                ("found", Pictures.LabelMap(image, [.. found.Labels.ToArray().Select(label => (int)label)], names)),
            ],
            2);
        Assert.Equal(sheet.Pixels.ToArray(), picture.Image.Pixels.ToArray());
    }

    [Fact]
    public void Of_FoundAsTrue_IsAllRight()
    {
        var truth = Scenes.Load(0).Labels;

        Assert.Contains("(100.0 % of", SegmentationPicture.Of(Scenes, 0, truth).Caption, StringComparison.Ordinal);
    }
}
