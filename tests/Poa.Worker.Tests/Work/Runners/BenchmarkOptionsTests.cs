using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Evaluation.Classification.Linear;
using Poa.Evaluation.Segmentation;
using Poa.Worker.Work.Runners;
using Xunit;

namespace Poa.Worker.Tests.Work.Runners;

public sealed class BenchmarkOptionsTests
{
    [Fact]
    public void Tables_HaveTheOptionsThatTheDescriptionsName()
    {
        Assert.Equal(Described(Benchmarks.Knn), KnnOptionsReader.Table.Names);
        Assert.Equal(Described(Benchmarks.PixelKnn), KnnOptionsReader.Table.Names);
        Assert.Equal(Described(Benchmarks.Linear), LinearOptionsReader.Table(TinyRun.Configuration).Names);
        Assert.Equal(Described(Benchmarks.Coco), CocoOptionsReader.Table(TinyRun.Configuration).Names);
        Assert.Equal(Described(Benchmarks.Ade20k), AdeOptionsReader.Table.Names);
        Assert.Equal(Described(Benchmarks.Attention), AttentionOptionsReader.Table.Names);
    }

    [Fact]
    public void Descriptions_EveryOption_HasAText() =>
        Assert.All(Benchmarks.Described.SelectMany(benchmark => benchmark.DescribedOptions), option => Assert.False(string.IsNullOrWhiteSpace(option.Description), option.Name));

    [Fact]
    public void Linear_NoOptions_AreThePapersAtTheRunsImageSize()
    {
        var options = LinearOptionsReader.Read(new Dictionary<string, string>(), TinyRun.Configuration);

        Assert.Equal((2048, 13, 28, false), (options.BatchSize, options.LearningRates.Count, options.CropSize, options.CachedFeatures));
    }

    [Fact]
    public void Linear_PresetAndSingleOptions_TheseStandOverIt()
    {
        var options = LinearOptionsReader.Read(
            new Dictionary<string, string>
            {
                ["epochs"] = "3",
                ["avgpool"] = "true",
                ["block_choice"] = "last",
                ["blocks"] = "2",
                ["epoch_length"] = "5",
                ["preset"] = "quick",
            },
            TinyRun.Configuration);

        Assert.True(options.CachedFeatures);
        Assert.Equal(LinearProbeOptions.Quick.LearningRates, options.LearningRates);
        Assert.Equal((3, 5, BlockChoice.Last), (options.Epochs, options.EpochLength, options.Blocks));
        Assert.Equal([true], options.AveragePooling);
        Assert.Equal([2], options.LastBlocks);
        Assert.Equal(28, options.CropSize);
    }

    [Theory]
    [InlineData("nonsense", "1", "learning_rates")]
    [InlineData("preset", "fast", "paper, quick")]
    [InlineData("epochs", "0", "at least 1")]
    [InlineData("epochs", "99999999999999", "at least 1")]
    [InlineData("learning_rates", "0.1,x", "above 0")]
    [InlineData("learning_rates", "-1", "positive")]
    [InlineData("blocks", "5", "[1, 4]")]
    [InlineData("block_choice", "first", "spaced, last")]
    [InlineData("avgpool", "perhaps", "false, true")]
    [InlineData("epoch_length", "none", "pass")]
    [InlineData("cached_features", "yes", "true or false")]
    [InlineData("resize_size", "10", "at least the image size")]
    public void Linear_WrongOption_NamesKeyValueAndWhatIsAllowed(string name, string value, string allowed) =>
        AssertRefused(name, value, allowed, options => LinearOptionsReader.Read(options, TinyRun.Configuration));

    [Theory]
    [InlineData("nonsense", "1", "learning_rate")]
    [InlineData("preset", "fast", "paper, quick")]
    [InlineData("iterations", "0", "at least 1")]
    [InlineData("learning_rate", "-1", "positive")]
    [InlineData("drop_path", "1", "[0, 1)")]
    [InlineData("masks", "1", "true or false")]
    [InlineData("max_detections", "1,2", "three")]
    [InlineData("pictures", "-1", "at least 0")]
    [InlineData("picture_score", "1.5", "[0, 1]")]
    public void Coco_WrongOption_NamesKeyValueAndWhatIsAllowed(string name, string value, string allowed) =>
        AssertRefused(name, value, allowed, options => CocoOptionsReader.Read(options, TinyRun.Configuration, new SubNetwork(32, 2)));

    [Theory]
    [InlineData("nonsense", "1", "crop_size")]
    [InlineData("preset", "fast", "paper, quick")]
    [InlineData("head", "deep", "linear, upernet")]
    [InlineData("crop_size", "100", "multiple of the patch size 7")]
    [InlineData("layer_decay", "many", "or none")]
    [InlineData("classes", "0", "at least 1")]
    [InlineData("loss_average", "some", "all, labelled")]
    [InlineData("pictures", "few", "at least 0")]
    public void Ade20k_WrongOption_NamesKeyValueAndWhatIsAllowed(string name, string value, string allowed) =>
        AssertRefused(name, value, allowed, options => AdeOptionsReader.Read(options, TinyRun.Configuration, new SubNetwork(32, 2)));

    [Theory]
    [InlineData("nonsense", "1", "image_size")]
    [InlineData("pictures", "0", "at least 1")]
    [InlineData("image_size", "big", "at least 1")]
    public void Attention_WrongOption_NamesKeyValueAndWhatIsAllowed(string name, string value, string allowed) =>
        AssertRefused(name, value, allowed, options => AttentionOptionsReader.Read(options));

    [Fact]
    public void Pictures_NoOptions_AreEightOfEachBenchmarkThatDraws()
    {
        var none = new Dictionary<string, string>();
        var small = new SubNetwork(384, 12);

        var coco = CocoOptionsReader.Read(none, TinyRun.Configuration, small);
        Assert.Equal((8, 0.3), (coco.Pictures, coco.PictureScore));
        Assert.Equal(8, AdeOptionsReader.Read(new Dictionary<string, string> { ["crop_size"] = "112" }, TinyRun.Configuration, small).Pictures);
        Assert.Equal(new AttentionRequest(8), AttentionOptionsReader.Read(none));
    }

    [Fact]
    public void CocoAndAde20k_PresetsAndSingleOptions_TheseStandOverThem()
    {
        var small = new SubNetwork(384, 12);
        var paper = CocoOptionsReader.Read(new Dictionary<string, string> { ["max_detections"] = "1,10,100" }, TinyRun.Configuration, small).Evaluation;
        Assert.Equal((16, 36, 3e-4, 0.7), (paper.Training.BatchSize, paper.Training.Epochs, paper.Training.LearningRate, paper.Training.LayerDecayRate));
        Assert.Equal([1, 10, 100], paper.MaxDetections);
        Assert.Equal(0, paper.Images.PadDivisor % TinyRun.Configuration.Student.PatchSize);
        var quick = CocoOptionsReader.Read(new Dictionary<string, string> { ["iterations"] = "5", ["preset"] = "quick" }, TinyRun.Configuration, small).Evaluation;
        Assert.Equal((5L, true), (quick.Training.Iterations, quick.Training.IsFrozen));

        var cropped = new Dictionary<string, string> { ["crop_size"] = "112" };
        var linear = AdeOptionsReader.Read(cropped, TinyRun.Configuration, small).Evaluation;
        Assert.Equal((160_000L, 3e-5, AdeHead.Linear, 112, 74), (linear.Iterations, linear.LearningRate, linear.Head, linear.Transform.CropSize, linear.SlideStride));
        cropped["head"] = "upernet";
        var upernet = AdeOptionsReader.Read(cropped, TinyRun.Configuration, small).Evaluation;
        Assert.Equal((6e-5, 0.8, 0.1, AdeHead.UperNet), (upernet.LearningRate, upernet.LayerDecayRate, upernet.DropPathRate, upernet.Head));
    }

    private static void AssertRefused(string name, string value, string allowed, Action<Dictionary<string, string>> read)
    {
        var error = Assert.Throws<PoaException>(() => read(new() { [name] = value }));

        Assert.Equal(ErrorCodes.InvalidArgument, error.Code);
        Assert.Contains(name.Replace("_", "", StringComparison.Ordinal), error.Message.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
        Assert.Contains(value, error.Message, StringComparison.Ordinal);
        Assert.Contains(allowed, error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Described(string benchmark) => Benchmarks.Describe(benchmark).Options;
}
