using Poa.Data.Datasets;
using Poa.Data.Inspection;
using Xunit;

namespace Poa.Data.Tests.Datasets;

public sealed class DenseLayoutTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Of_CocoWithYear_IsThePublishedLayout()
    {
        Make("annotations/instances_val2017.json");

        Assert.Equal(new DenseLayout(At("val2017"), At("annotations/instances_val2017.json")), Layout("coco:{0}?split=val"));
        Assert.Equal(new DenseLayout(At("train"), At("annotations/instances_train.json")), Layout("coco:{0}?split=train"));
    }

    [Fact]
    public void Of_Overrides_StandForTheLayoutsParts()
    {
        Assert.Equal(new DenseLayout("/pictures", At("a/b.json")), Layout("coco:{0}?images=/pictures&annotations=a/b.json"));
        Assert.Equal(new DenseLayout(At("images/validation"), At("annotations/validation")), Layout("ade20k:{0}?split=validation"));
    }

    [Theory]
    [InlineData("coco:{0}", "train/a.jpg", "instances file")]
    [InlineData("coco:{0}", "annotations/instances_train.json", "folder")]
    [InlineData("ade20k:{0}", "images/training/a.jpg", "folder of label maps")]
    [InlineData("ade20k:{0}", "annotations/training/a.png", "of images")]
    public void Require_PartMissing_NamesItAndHowToNameAnother(string text, string present, string named)
    {
        Make(present);
        var specification = DataSpecification.Parse(text.Replace("{0}", folder.Path, StringComparison.Ordinal));

        var error = Assert.Throws<DatasetException>(() => specification.Open());

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Equal(text.StartsWith("coco", StringComparison.Ordinal), error.Message.Contains('&', StringComparison.Ordinal));
    }

    [Fact]
    public void LookAndOpen_WholeSet_GiveItsImagesWithoutLabels()
    {
        Make("images/training/a.jpg");
        Make("images/training/b.jpg");
        Make("annotations/training/a.png");
        var specification = DataSpecification.Parse($"ade20k:{folder.Path}");

        var survey = new DatasetSurveyor(new SurveyLimits(), TimeProvider.System).Look(specification, TestContext.Current.CancellationToken);

        Assert.Equal((specification.ToString(), 2L, null), (survey.Name, survey.Images, survey.ClassNames));
        Assert.Equal((specification.ToString(), 2, null), (specification.Open().Name, specification.Open().Count, specification.Open().ClassNames));
    }

    private DenseLayout Layout(string text) => DenseLayout.Of(DataSpecification.Parse(text.Replace("{0}", folder.Path, StringComparison.Ordinal)));

    private string At(string name) => Path.Combine(folder.Path, name);

    private void Make(string file) => folder.Write(file, []);
}
