using Poa.Data.Datasets;
using Poa.Data.Scenes;
using SkiaSharp;
using Xunit;

namespace Poa.Data.Tests.Scenes;

public sealed class SceneSetTests : IDisposable
{
    private static readonly SceneRecipe Few = new() { Seed = 1, TrainScenes = 6, ValScenes = 3 };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Make_Twice_GivesTheSameBytes()
    {
        var (first, second) = (Make(Few, "a"), Make(Few, "b"));

        Assert.Equal(Files(first.Folder), Files(second.Folder));
        Assert.Equal(6 + 3 + 2 + (2 * (6 + 3)) + 1 + 1, Files(first.Folder).Count);
        Assert.NotEqual(first.Manifest.ContentSha256, Make(Few with { Seed = 2 }, "c").Manifest.ContentSha256);
    }

    [Fact]
    public void Make_SetThatIsThere_IsUsedAsItIs()
    {
        Make(Few, "a");
        var written = Directory.GetLastWriteTimeUtc(At("a"));
        var calls = 0;

        var again = Make(Few, "a", _ => calls++);

        Assert.True(again.WasThere);
        Assert.Equal((0, written), (calls, Directory.GetLastWriteTimeUtc(At("a"))));
    }

    [Fact]
    public void Make_Stopped_LeavesNothing()
    {
        using var stop = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => SceneSet.Make(Few, At("a"), done => { if (done == 4) { stop.Cancel(); } }, stop.Token));

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Make_AfterAMakerThatWasKilled_MakesTheWholeSet()
    {
        folder.Write("a.making/coco/train/000000000099.jpg", [1]);
        folder.Write("a.lock", []);

        var set = Make(Few, "a");

        Assert.False(File.Exists(Path.Combine(set.CocoFolder, "train", "000000000099.jpg")));
        Assert.Equal([At("a")], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Make_WhileAnotherMakesIt_SaysSo()
    {
        using var other = new FileStream(At("a.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        Assert.Contains("Another process is making", Assert.Throws<DatasetException>(() => Make(Few, "a")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Make_FolderOfOtherThings_IsLeftAlone()
    {
        folder.Write("a/holiday.txt", [1]);
        folder.Write("b", [1]);

        Assert.Contains("no set of scenes", Assert.Throws<DatasetException>(() => Make(Few, "a")).Message, StringComparison.Ordinal);
        Assert.Contains("no set of scenes", Assert.Throws<DatasetException>(() => Make(Few, "b")).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(At("a/holiday.txt")));
    }

    [Fact]
    public void Make_OtherRecipe_NamesTheOneThatIsThere()
    {
        Make(Few, "a");

        var error = Assert.Throws<DatasetException>(() => Make(Few with { Seed = 9 }, "a"));

        Assert.Contains("another recipe", error.Message, StringComparison.Ordinal);
        Assert.Contains("\"seed\":1", error.Message, StringComparison.Ordinal);
        Assert.Contains("\"source\":\"Fashion\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MakeBelow_TwoRecipes_StandSideBySide()
    {
        var stop = TestContext.Current.CancellationToken;
        var first = SceneSet.MakeBelow(Few, At("sets"), cancellationToken: stop);
        var other = SceneSet.MakeBelow(Few with { Seed = 9 }, At("sets"), cancellationToken: stop);

        Assert.NotEqual(first.Folder, other.Folder);
        Assert.True(SceneSet.MakeBelow(Few, At("sets"), cancellationToken: stop).WasThere);
        Assert.Equal([first.Folder, other.Folder], Directory.GetDirectories(At("sets")).Order(StringComparer.Ordinal).OrderBy(path => path != first.Folder));
    }

    [Fact]
    public void Make_ChangedFile_IsNoticed()
    {
        Make(Few, "a");
        File.AppendAllText(At("a/ade20k/objectInfo14.txt"), "more");

        Assert.Contains("have been changed", Assert.Throws<DatasetException>(() => Make(Few, "a")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Make_LabelMaps_AreGreyOf8BitsAndHoldTheLabels()
    {
        var set = Make(Few, "a");
        var composer = new SceneComposer(Few, CutoutLibrary.Open(Few));

        for (var number = 0; number < Few.ValScenes; number++)
        {
            var png = File.ReadAllBytes(Path.Combine(set.Ade20kFolder, "annotations", "validation", $"scene_val_{number + 1:D8}.png"));
            Assert.Equal((8, 0), (png[24], png[25])); // bit depth, colour type
            using var bitmap = SKBitmap.Decode(png);
            Assert.Equal(SKColorType.Gray8, bitmap.ColorType);
            Assert.Equal(composer.Compose(SceneSplit.Val, number).Labels, bitmap.Bytes);
        }

        Assert.Equal(set.Manifest.Classes, File.ReadAllLines(Path.Combine(set.Ade20kFolder, "objectInfo14.txt")).Skip(1).Select(line => line.Split('\t')[1]));
        Assert.Equal(14, set.Manifest.Classes.Count);
    }

    [Theory]
    [InlineData(nameof(SceneRecipe.TrainScenes), "0")]
    [InlineData(nameof(SceneRecipe.ValScenes), "0")]
    [InlineData(nameof(SceneRecipe.Width), "7")]
    [InlineData(nameof(SceneRecipe.Height), "5000")]
    [InlineData(nameof(SceneRecipe.MaxObjects), "0")]
    [InlineData(nameof(SceneRecipe.MinSide), "7")]
    [InlineData(nameof(SceneRecipe.MaxSide), "113")]
    [InlineData(nameof(SceneRecipe.MinVisible), "0")]
    public void Validate_OutOfRange_NamesValueAndRange(string name, string value)
    {
        var recipe = name switch
        {
            nameof(SceneRecipe.TrainScenes) => Few with { TrainScenes = 0 },
            nameof(SceneRecipe.ValScenes) => Few with { ValScenes = 0 },
            nameof(SceneRecipe.Width) => Few with { Width = 7 },
            nameof(SceneRecipe.Height) => Few with { Height = 5000 },
            nameof(SceneRecipe.MaxObjects) => Few with { MinObjects = 0, MaxObjects = 0 },
            nameof(SceneRecipe.MinSide) => Few with { MinSide = 7 },
            nameof(SceneRecipe.MaxSide) => Few with { MaxSide = 113 },
            _ => Few with { MinVisible = 0 },
        };

        Assert.Contains($"{name} is {value}; allowed is", Assert.Throws<DatasetException>(recipe.Validate).Message, StringComparison.Ordinal);
    }

    private SceneSet Make(SceneRecipe recipe, string name, Action<int>? progress = null) =>
        SceneSet.Make(recipe, At(name), progress, TestContext.Current.CancellationToken);

    private string At(string name) => Path.Combine(folder.Path, name);

    private static SortedDictionary<string, string> Files(string root) => new(
        Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(root, file), file => Convert.ToBase64String(File.ReadAllBytes(file))),
        StringComparer.Ordinal);
}
