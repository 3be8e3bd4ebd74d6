using Poa.Data.Imaging;
using Poa.Data.Scenes;
using Poa.Evaluation.Detection.Coco;

namespace Poa.Evaluation.Tests.Scenes;

/// <summary>Sets of scenes as our own readers see them.</summary>
public sealed class SceneFilesTests : IDisposable
{
    private static readonly SceneRecipe Recipe = new() { Seed = 3, TrainScenes = 12, ValScenes = 5 };

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("poa-scenes-");
    private readonly SceneSet set;

    public SceneFilesTests() => set = SceneSet.Make(Recipe, Path.Combine(folder.FullName, "set"), cancellationToken: TestContext.Current.CancellationToken);

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("train", 12)]
    [InlineData("val", 5)]
    public void CocoAnnotations_OfScenes_AreReadAndAgreeWithThemselves(string split, int images)
    {
        var annotations = Read(split);

        Assert.Equal(images, annotations.Images.Count);
        Assert.Equal([1, 2, 3, 5, 6, 7, 9, 10, 11, 13], annotations.Categories.Select(category => category.Id));
        Assert.NotEmpty(annotations.Annotations);
        Assert.All(annotations.Annotations, annotation =>
        {
            var mask = annotation.Segmentation!.ToMask(Recipe.Height, Recipe.Width);
            Assert.Equal((annotation.Box, annotation.Area), (mask.BoundingBox(), mask.Area));
        });
        Assert.All(annotations.Images, image =>
        {
            var picture = ImageDecoder.DecodeFile(Path.Combine(set.CocoFolder, split, image.FileName!));
            Assert.Equal((image.Width, image.Height), (picture.Width, picture.Height));
        });
    }

    [Theory]
    [InlineData("train", "training")]
    [InlineData("val", "validation")]
    public void LabelMaps_OfScenes_AreTheMasksOfTheirCategories(string split, string part)
    {
        var annotations = Read(split);
        long[] ids = [.. annotations.Categories.Select(category => category.Id)];
        var pixels = new byte[Recipe.Width * Recipe.Height];

        for (var i = 0; i < annotations.Images.Count; i++)
        {
            // Of a grey picture every channel is the label.
            var labels = ImageDecoder.DecodeFile(Path.Combine(set.Ade20kFolder, "annotations", part, $"scene_{split}_{i + 1:D8}.png"));
            var fromMasks = new int[pixels.Length];
            foreach (var annotation in annotations.Annotations.Where(annotation => annotation.ImageId == annotations.Images[i].Id))
            {
                annotation.Segmentation!.ToMask(Recipe.Height, Recipe.Width).Decode(pixels);
                for (var at = 0; at < pixels.Length; at++)
                {
                    if (pixels[at] != 0)
                    {
                        Assert.Equal(0, fromMasks[at]); // no two masks share a pixel
                        fromMasks[at] = Array.IndexOf(ids, annotation.CategoryId) + 1;
                    }
                }
            }

            for (var at = 0; at < pixels.Length; at++)
            {
                var label = labels.Pixels[at * RgbImage.BytesPerPixel];
                Assert.Equal(fromMasks[at], label <= ids.Length ? label : 0);
            }
        }
    }

    private CocoAnnotations Read(string split) => CocoAnnotations.Read(Path.Combine(set.CocoFolder, "annotations", $"instances_{split}.json"));
}
