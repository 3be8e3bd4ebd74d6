using Poa.Actors.Abstractions;
using Poa.Cli.Running;
using Xunit;

namespace Poa.Cli.Tests.Running;

public sealed class EvaluationImagesTests
{
    [Theory]
    [InlineData(BenchmarkImages.Labelled, "demo?split=train", null, null, "demo?split=train", "demo?split=test")]
    [InlineData(BenchmarkImages.Labelled, "demo?split=train", "imagenet:/in", null, "imagenet:/in?split=train", "imagenet:/in?split=val")]
    [InlineData(BenchmarkImages.Coco, "demo?split=train", "coco:/c", null, "coco:/c?split=train", "coco:/c?split=val")]
    [InlineData(BenchmarkImages.Coco, "coco:/c", null, "coco:/d?split=val", "coco:/c?split=train", "coco:/d?split=val")]
    [InlineData(BenchmarkImages.Ade20k, "demo?split=train", "ade20k:/a", null, "ade20k:/a?split=training", "ade20k:/a?split=validation")]
    [InlineData(BenchmarkImages.None, "demo?split=train", null, null, "", "")]
    public void Choose_WhatIsGiven_IsFilledUpWithTheHeldOutPart(BenchmarkImages images, string run, string? train, string? test, string labelled, string heldOut) =>
        Assert.Equal(new EvaluationData(labelled, heldOut), EvaluationImages.Choose(Benchmark(images), run, train, test));

    [Theory]
    [InlineData(BenchmarkImages.Coco, null, null, "coco:FOLDER?split=val")]
    [InlineData(BenchmarkImages.Ade20k, "coco:/c", null, "ade20k:FOLDER?split=training")]
    [InlineData(BenchmarkImages.Coco, "coco:/c", "demo", "coco:FOLDER?split=val")]
    [InlineData(BenchmarkImages.Labelled, "coco:/c", null, "--train-data FOLDER")]
    [InlineData(BenchmarkImages.Coco, "coco:/c?images=x", null, "--test-data")]
    public void Choose_SetOfAnotherKind_SaysWhatIsNeeded(BenchmarkImages images, string? train, string? test, string remedy)
    {
        var error = Assert.Throws<CliException>(() => EvaluationImages.Choose(Benchmark(images), "demo", train, test));

        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
    }

    private static BenchmarkDescription Benchmark(BenchmarkImages images) => new("b", "B", "%", true, images, "figure", []);
}
