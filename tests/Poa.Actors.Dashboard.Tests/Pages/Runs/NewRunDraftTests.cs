using Poa.Actors.Dashboard.Commands;
using Poa.Actors.Dashboard.Pages.Runs;
using Poa.Elastic;

namespace Poa.Actors.Dashboard.Tests.Pages.Runs;

public sealed class NewRunDraftTests
{
    [Fact]
    public void Resolve_QuickDemo_IsThePresetWithTheOverrides()
    {
        var resolved = new NewRunDraft { Overrides = "optim.epochs=2\n\n  checkpoint.keep_last=1 " }.Resolve();

        Assert.Equal(2, resolved.Configuration!.Optim.Epochs);
        Assert.Equal(1, resolved.Configuration.Checkpoint.KeepLast);
        Assert.Empty(resolved.SourceFaults.Concat(resolved.OverrideFaults));
    }

    [Fact]
    public void Resolve_Recipe_GoesOverPresetOrFileAndBelowTheOverrides()
    {
        var overPreset = new NewRunDraft { Recipe = "dino", Overrides = "crops.local_crops_number=2" }.Resolve().Configuration!;
        var overFile = new NewRunDraft { Recipe = "dino", Yaml = "student: {patch_size: 8}\ncrops: {local_crops_size: 64}" }.Resolve().Configuration!;

        Assert.Equal((false, 2), (overPreset.Student.Elastic, overPreset.Crops.LocalCropsNumber));
        Assert.Equal((false, 8, 8), (overFile.Student.Elastic, overFile.Crops.LocalCropsNumber, overFile.Student.PatchSize));
        Assert.Null(new NewRunDraft().ToNewRun().Recipe);
    }

    [Fact]
    public void Resolve_FaultsInFileAndOverrides_EachStandsBesideItsField()
    {
        var resolved = new NewRunDraft { Yaml = "student:\n  patch_sizes: 7\ntrain:\n  batch_size_per_gpu: -1\n", Overrides = "optim.epochs=many\nnonsense" }.Resolve();

        Assert.Null(resolved.Configuration);
        Assert.Equal(2, resolved.SourceFaults.Count);
        Assert.Contains(resolved.SourceFaults, fault => fault.Message.Contains("patch_sizes"));
        Assert.Contains(resolved.SourceFaults, fault => fault.Key == "train.batch_size_per_gpu");
        Assert.Equal(2, resolved.OverrideFaults.Count);
        Assert.Contains(resolved.OverrideFaults, fault => fault.Key == "optim.epochs");
    }

    [Fact]
    public void Resolve_FileTooLarge_SaysSo()
    {
        var resolved = new NewRunDraft { Yaml = new string('#', NewRun.MaxYamlBytes + 1) }.Resolve();

        Assert.Contains("256 KiB", resolved.Error!.Message);
    }

    [Fact]
    public void ToNewRun_YamlGiven_LeavesThePresetOut()
    {
        var run = new NewRunDraft { Yaml = "", Name = " first ", Data = " demo " }.ToNewRun("run-1");

        Assert.Equal((null, "", "first", "demo", "run-1"), (run.Preset, run.Yaml, run.Name, run.Data, run.RunId));
    }

    [Fact]
    public void ToNewRun_PriorityAndWorkers_AreAskedFor()
    {
        var run = new NewRunDraft { Priority = 20, Shards = 2, MinimumShards = 4 }.ToNewRun();

        Assert.Equal((20, 2, 2), (run.Priority, run.Shards, run.MinimumShards));
    }

    [Fact]
    public void Difference_PresetWithOneChange_NamesItAndTheNearestPreset()
    {
        var configuration = ConfigurationPresets.Load("demo", ["optim.epochs=3"]);

        Assert.Equal("demo", ConfigurationDifference.NearestPreset(configuration));
        var difference = Assert.Single(ConfigurationDifference.Between(configuration, ConfigurationPresets.Load("demo")));
        Assert.Equal(("optim.epochs", "3"), (difference.Key, difference.Value));
    }

    [Fact]
    public void Resolve_PublishedWeights_AreThoseOfTheConfiguration()
    {
        var name = ModelOptions.NameOf(new string('a', 64));

        Assert.Equal(name, new NewRunDraft { Overrides = "optim.epochs=2", Weights = $" {name} " }.Resolve().Configuration!.Model.Weights);
        Assert.Equal("", new NewRunDraft { Overrides = "optim.epochs=2", Weights = " " }.Resolve().Configuration!.Model.Weights);
    }
}
