using Poa.Cli.Running;
using Poa.Data.Datasets;
using Poa.Elastic;
using Xunit;

namespace Poa.Cli.Tests.Running;

public sealed class RunPlanTests
{
    [Fact]
    public void Make_Preset_SettlesThreadsAndData()
    {
        var plan = RunPlan.Make(null, "demo-quick", [], "demo");

        Assert.True(plan.Configuration.Train.Threads > 0);
        Assert.Equal("demo?split=train", plan.Data);
    }

    [Fact]
    public void Make_ThreadsGiven_KeepsThem() => Assert.Equal(3, RunPlan.Make(null, "demo", ["train.threads=3"], null).Configuration.Train.Threads);

    [Fact]
    public void Make_Recipe_GoesOverThePresetAndBelowTheOverrides()
    {
        var configuration = RunPlan.Make(null, "demo", ["dino.koleo_loss_weight=0.2"], "demo", "dino").Configuration;

        Assert.Equal((false, TeacherCentering.Centering, 0, 0.2), (configuration.Student.Elastic, configuration.Train.Centering, configuration.Ibot.LossWeight, configuration.Dino.KoleoLossWeight));
        Assert.Equal(96, configuration.Student.MaxEmbedDim);
        Assert.Contains("dinov2", Assert.Throws<ConfigurationException>(() => RunPlan.Make(null, "demo", [], "demo", "dyno")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Make_UnknownKey_NamesIt()
    {
        var error = Assert.Throws<ConfigurationException>(() => RunPlan.Make(null, "demo", ["train.nonsense=1"], "demo"));

        Assert.Contains("train.nonsense", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("a.yaml", "demo")]
    public void Make_NeitherOrBothSources_ListsThePresets(string? file, string? preset)
    {
        var error = Assert.Throws<CliException>(() => RunPlan.Make(file, preset, [], "demo"));

        Assert.Equal(ExitCodes.Usage, error.ExitCode);
        Assert.Contains("demo-quick", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Make_MissingFile_NamesIt() =>
        Assert.Contains("/no/such.yaml", Assert.Throws<CliException>(() => RunPlan.Make("/no/such.yaml", null, [], "demo")).Message, StringComparison.Ordinal);

    [Fact]
    public void Make_MissingFolder_NamesIt() =>
        Assert.Contains("/no/such/folder", Assert.Throws<DatasetException>(() => RunPlan.Make(null, "demo", [], "/no/such/folder")).Message, StringComparison.Ordinal);

    [Fact]
    public void Make_BatchLargerThanTheData_SaysSo() =>
        Assert.Contains("10000 images", Assert.Throws<CliException>(() => RunPlan.Make(null, "demo", ["train.batch_size_per_gpu=20000"], "demo")).Message, StringComparison.Ordinal);

    [Fact]
    public void Absolute_RelativeFolder_NoLongerDependsOnTheCurrentOne() =>
        Assert.Equal(Path.GetFullPath("./images"), RunPlan.Absolute(DataSpecification.Parse("./images")).Path);
}
