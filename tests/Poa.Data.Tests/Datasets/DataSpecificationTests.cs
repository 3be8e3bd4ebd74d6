using Poa.Data.Datasets;
using Xunit;

namespace Poa.Data.Tests.Datasets;

public sealed class DataSpecificationTests
{
    [Theory]
    [InlineData("demo", "demo?split=train")]
    [InlineData("demo?split=test", "demo?split=test")]
    [InlineData("/data/a?b:c", "folder:/data/a?b:c")]
    [InlineData("folder:relative", "folder:relative")]
    [InlineData("./pictures", "folder:./pictures")]
    [InlineData("imagenet:/data/in1k?split=val", "imagenet:/data/in1k?split=val")]
    [InlineData("fashion-mnist", "fashion-mnist:/usr/share/datasets/fashion-mnist?split=train")]
    [InlineData("fashion-mnist:/x?split=test", "fashion-mnist:/x?split=test")]
    [InlineData("coco:/data/coco", "coco:/data/coco?split=train")]
    [InlineData("coco:/data/coco?split=val", "coco:/data/coco?split=val")]
    [InlineData("coco:/d?annotations=a.json&split=val&images=/i", "coco:/d?split=val&images=/i&annotations=a.json")]
    [InlineData("ade20k:/data/ade?split=validation", "ade20k:/data/ade?split=validation")]
    [InlineData("ade20k:/data/ade", "ade20k:/data/ade?split=training")]
    public void Parse_KnownForm_HasACanonicalTextThatParsesToTheSame(string text, string canonical)
    {
        var parsed = DataSpecification.Parse(text);
        Assert.Equal(canonical, parsed.ToString());
        Assert.Equal(parsed, DataSpecification.Parse(canonical));
    }

    [Theory]
    [InlineData("")]
    [InlineData("pictures")]
    [InlineData("folder:")]
    [InlineData("imagenet")]
    [InlineData("demo?split=val")]
    [InlineData("demo?spilt=test")]
    [InlineData("demo:x")]
    [InlineData("imagenet:/x?split=test")]
    [InlineData("coco:")]
    [InlineData("coco:/x?split=training")]
    [InlineData("coco:/x?images=")]
    [InlineData("ade20k:/x?split=train")]
    [InlineData("ade20k:/x?masks=m")]
    public void Parse_UnknownForm_ListsTheAcceptedOnes(string text)
    {
        var error = Assert.Throws<DatasetException>(() => DataSpecification.Parse(text));
        Assert.Contains("imagenet:FOLDER?split=train|val", error.Message, StringComparison.Ordinal);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }
}
