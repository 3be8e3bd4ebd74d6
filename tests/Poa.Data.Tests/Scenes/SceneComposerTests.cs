using Poa.Data.Imaging;
using Poa.Data.Scenes;
using Xunit;

namespace Poa.Data.Tests.Scenes;

public sealed class SceneComposerTests
{
    private static readonly SceneRecipe Recipe = new() { Seed = 5, MaxObjects = 6 };
    private static readonly CutoutLibrary Library = CutoutLibrary.Open(Recipe);

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, 12)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Compose_BoxesAndAreas_AreThoseOfThePixelsThatShow(int number)
    {
        var scene = Compose(number);

        for (var i = 0; i < scene.Objects.Count; i++)
        {
            var pixels = Enumerable.Range(0, scene.Owners.Count).Where(at => scene.Owners[at] == i).Select(at => (X: at % Recipe.Width, Y: at / Recipe.Width)).ToArray();
            var box = new PixelBox(
                pixels.Min(p => p.X), pixels.Min(p => p.Y), pixels.Max(p => p.X) - pixels.Min(p => p.X) + 1, pixels.Max(p => p.Y) - pixels.Min(p => p.Y) + 1);
            Assert.Equal((box, pixels.Length), (scene.Objects[i].Box, scene.Objects[i].VisibleArea));
        }

        Assert.All(scene.Owners, owner => Assert.InRange(owner, -1, scene.Objects.Count - 1));
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Compose_Labels_AreTheCategoryInFrontOrTheGround(int number)
    {
        var scene = Compose(number);

        for (var at = 0; at < scene.Labels.Count; at++)
        {
            if (scene.Owners[at] >= 0)
            {
                Assert.Equal(scene.Objects[scene.Owners[at]].Category + 1, scene.Labels[at]);
            }
            else
            {
                Assert.True(scene.Labels[at] == 0 || (scene.Labels[at] > 10 && scene.Labels[at] <= 14), $"the ground has label {scene.Labels[at]}");
            }
        }
    }

    [Fact]
    public void Compose_ManyScenes_HideNoMoreThanAllowedAndYetHideSome()
    {
        SceneObject[] objects = [.. Enumerable.Range(0, 60).SelectMany(number => Compose(number).Objects)];

        Assert.All(objects, seen => Assert.True(seen.VisibleArea >= Recipe.MinVisible * seen.WholeArea));
        Assert.InRange(objects.Count(seen => seen.VisibleArea < seen.WholeArea) / (double)objects.Length, 0.1, 0.9);
        Assert.Equal(10, objects.Select(seen => seen.Category).Distinct().Count());
        Assert.InRange(objects.Max(seen => Math.Max(seen.Box.Width, seen.Box.Height)), Recipe.MaxSide - 6, Recipe.MaxSide);
    }

    [Fact]
    public void Compose_AllTexturesAndNone_OccurInTheLabels()
    {
        var labels = Enumerable.Range(0, 40).SelectMany(number => Compose(number).Labels).ToHashSet();

        Assert.Equal(Enumerable.Range(0, 15).Select(label => (byte)label), labels.Order());
    }

    [Fact]
    public void Compose_SameNumber_IsTheSameWhateverWasComposedBefore()
    {
        var composer = new SceneComposer(Recipe, Library);
        composer.Compose(SceneSplit.Val, 8);

        Assert.Equal(Compose(3).Image.Pixels.ToArray(), composer.Compose(SceneSplit.Train, 3).Image.Pixels.ToArray());
    }

    [Fact]
    public void Compose_OtherSplitNumberOrSeed_IsAnotherScene()
    {
        byte[][] pictures =
        [
            Pixels(Recipe, SceneSplit.Train, 0),
            Pixels(Recipe, SceneSplit.Train, 1),
            Pixels(Recipe, SceneSplit.Val, 0),
            Pixels(Recipe with { Seed = 6 }, SceneSplit.Train, 0),
        ];

        Assert.Equal(pictures.Length, pictures.Select(Convert.ToHexString).Distinct().Count());

        static byte[] Pixels(SceneRecipe recipe, SceneSplit split, int number) => new SceneComposer(recipe, Library).Compose(split, number).Image.Pixels.ToArray();
    }

    [Fact]
    public void Library_TrainAndVal_ShareNoPhotograph()
    {
        var train = Library.Train.SelectMany(category => category).Select(Text).ToHashSet();

        Assert.Equal(10_000, Library.Train.Sum(category => category.Count));
        Assert.DoesNotContain(Library.Val.SelectMany(category => category).Select(Text), train.Contains);

        static string Text(Cutout cutout) => Convert.ToHexString(cutout.Colour.Pixels);
    }

    private static Scene Compose(int number) => new SceneComposer(Recipe, Library).Compose(SceneSplit.Train, number);
}
