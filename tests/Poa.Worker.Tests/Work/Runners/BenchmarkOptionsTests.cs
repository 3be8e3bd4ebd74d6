using Poa.Actors.Abstractions;
using Poa.Evaluation.Classification.Linear;
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
    public void Linear_WrongOption_NamesKeyValueAndWhatIsAllowed(string name, string value, string allowed)
    {
        var error = Assert.Throws<PoaException>(() => LinearOptionsReader.Read(new Dictionary<string, string> { [name] = value }, TinyRun.Configuration));

        Assert.Equal(ErrorCodes.InvalidArgument, error.Code);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains(value, error.Message, StringComparison.Ordinal);
        Assert.Contains(allowed, error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Described(string benchmark) => Benchmarks.Describe(benchmark).Options;
}
