using Poa.Data.Datasets;
using Poa.Data.Inspection;
using Xunit;

namespace Poa.Data.Tests.Inspection;

public sealed class DatasetSurveyorTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Look_ClassFolders_CountsAsTheDatasetDoes()
    {
        for (var i = 0; i < 40; i++)
        {
            folder.Png($"cat/{i}.png");
        }

        folder.Png("dog/deep/1.png");
        folder.Write("dog/notes.txt", [1]);
        folder.Png("dog/.hidden.png");

        var survey = Look(DatasetKind.Folder);

        Assert.Equal(ImageFolderDataset.Open(folder.Path).Count, survey.Images);
        Assert.False(survey.IsLowerBound);
        Assert.Equal(["cat", "dog"], survey.ClassNames!);
        Assert.Equal(32, survey.Sample.Count);
        Assert.Equal(32, survey.Sample.Select(image => image.Name).Distinct().Count());
        Assert.All(survey.Sample, image => Assert.True(image is { Width: > 0, Height: > 0, Error: null }));
    }

    [Fact]
    public void Look_Twice_TriesTheSameImages()
    {
        for (var i = 0; i < 50; i++)
        {
            folder.Png($"{i}.png");
        }

        Assert.Equal(Look(DatasetKind.Folder).Sample, Look(DatasetKind.Folder).Sample);
    }

    [Fact]
    public void Look_UnreadableFile_IsNamedWithItsReason()
    {
        folder.Png("1.png");
        folder.Write("2.png", [1, 2, 3]);

        var survey = Look(DatasetKind.Folder);

        Assert.Equal((2, 2), (survey.Images, survey.Sample.Count));
        Assert.Null(survey.ClassNames);
        var bad = Assert.Single(survey.Sample, image => image.Error is not null);
        Assert.Equal((Path.Combine(folder.Path, "2.png"), 0, 0), (bad.Name, bad.Width, bad.Height));
        Assert.Contains("not JPEG, PNG or WebP", bad.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Look_TimeForCountingIsOver_SaysThatThereMayBeMore()
    {
        folder.Png("1.png");
        folder.Png("2.png");
        folder.Png("3.png");

        // Two entries are within the time.
        var survey = Look(DatasetKind.Folder, new SurveyLimits { Counting = TimeSpan.FromSeconds(2) }, time: new SecondPerReading());

        Assert.Equal((2, true, 2), (survey.Images, survey.IsLowerBound, survey.Sample.Count));
    }

    [Fact]
    public void Look_TimeForCountingIsOverBeforeAnImage_EndsAndSaysSo()
    {
        for (var i = 0; i < 5; i++)
        {
            folder.Write($"class/below-{i}/notes.txt", [1]);
        }

        var error = Assert.Throws<DatasetException>(
            () => Look(DatasetKind.Folder, new SurveyLimits { Counting = TimeSpan.FromSeconds(2) }, time: new SecondPerReading()));

        Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains("within 2 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Look_EmptyClassFolder_ThrowsAsOpeningDoes()
    {
        folder.Png("cat/1.png");
        Directory.CreateDirectory(Path.Combine(folder.Path, "dog"));

        var expected = Assert.Throws<DatasetException>(() => ImageFolderDataset.Open(folder.Path));

        Assert.Equal(expected.Message, Assert.Throws<DatasetException>(() => Look(DatasetKind.Folder)).Message);
    }

    [Fact]
    public void Look_ImageNetSplit_KnowsTheClassesOfTrain()
    {
        folder.Png("train/a/1.png");
        folder.Png("train/b/1.png");
        folder.Png("val/b/2.png");

        var survey = Look(DatasetKind.ImageNet, split: "val");

        Assert.Equal((1, 2), (survey.Images, survey.ClassNames!.Count));
        Assert.Equal($"imagenet:{folder.Path}?split=val", survey.Name);
    }

    [Fact]
    public void Look_Demo_SpreadsTheSampleOverTheSet()
    {
        var survey = new DatasetSurveyor(new SurveyLimits { Sample = 4 }, TimeProvider.System).Look(DataSpecification.Parse("demo?split=test"), TestContext.Current.CancellationToken);

        Assert.Equal((2000, 10), (survey.Images, survey.ClassNames!.Count));
        Assert.Equal(["demo test #0", "demo test #500", "demo test #1000", "demo test #1500"], survey.Sample.Select(image => image.Name));
        Assert.All(survey.Sample, image => Assert.Equal((28, 28), (image.Width, image.Height)));
    }

    [Fact]
    public void Look_Cancelled_Stops()
    {
        folder.Png("1.png");

        var surveyor = new DatasetSurveyor(new SurveyLimits(), TimeProvider.System);
        Assert.Throws<OperationCanceledException>(() => surveyor.Look(DataSpecification.Parse(folder.Path), new CancellationToken(canceled: true)));
    }

    private DatasetSurvey Look(DatasetKind kind, SurveyLimits? limits = null, string? split = null, TimeProvider? time = null) =>
        new DatasetSurveyor(limits ?? new SurveyLimits(), time ?? TimeProvider.System)
            .Look(new DataSpecification(kind, folder.Path, split), TestContext.Current.CancellationToken);

    /// <summary>A second passes with each reading.</summary>
    private sealed class SecondPerReading : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => now++;
    }
}
