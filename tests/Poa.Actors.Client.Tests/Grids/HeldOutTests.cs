using Poa.Actors.Abstractions;

namespace Poa.Actors.Client.Tests.Grids;

public sealed class HeldOutTests
{
    [Theory]
    [InlineData("demo?split=train", "demo?split=test")]
    [InlineData("demo", "demo?split=test")]
    [InlineData("imagenet:/data/in1k?split=train", "imagenet:/data/in1k?split=val")]
    [InlineData("fashion-mnist:/data/fm?split=train", "fashion-mnist:/data/fm?split=test")]
    [InlineData("coco:/data/coco?split=train", "coco:/data/coco?split=val")]
    [InlineData("coco:/data/coco?split=train&images=x", "")]
    [InlineData("ade20k:/data/ade?split=training", "ade20k:/data/ade?split=validation")]
    [InlineData("folder:/data/a?b", "")]
    public void Of_DataOfARun_IsItsHeldOutPartIfItHasOne(string data, string test) => Assert.Equal(new EvaluationData(data, test), HeldOut.Of(data));
}
