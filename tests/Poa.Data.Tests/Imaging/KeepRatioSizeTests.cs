using System.Text.Json;
using Poa.Data.Imaging;
using Poa.Testing;
using Xunit;

namespace Poa.Data.Tests.Imaging;

public sealed class KeepRatioSizeTests
{
    // Long and short bound of each column of the golden file.
    private static readonly Dictionary<string, (int Long, int Short)> Columns = new()
    {
        ["coco_test_1333x800"] = (1333, 800),
        ["coco_train_480_1333"] = (1333, 480),
        ["ade_test_2048x512"] = (2048, 512),
    };

    [Fact]
    [Trait("Category", Golden.Trait)]
    public void Of_GoldenCases_IsExact()
    {
        var cases = GoldenDownstream.Json("preprocess/rescale_sizes.json").GetProperty("cases").EnumerateArray().ToArray();

        Assert.NotEmpty(cases);
        foreach (var one in cases)
        {
            var (height, width) = Pair(one.GetProperty("hw"));
            foreach (var column in one.EnumerateObject().Where(p => Columns.ContainsKey(p.Name)))
            {
                var (longSide, shortSide) = Columns[column.Name];
                Assert.Equal(Pair(column.Value), KeepRatioSize.Of(height, width, longSide, shortSide));
            }

            var (testHeight, testWidth) = Pair(one.GetProperty("coco_test_1333x800"));
            Assert.Equal(Pair(one.GetProperty("coco_padded_32")), (KeepRatioSize.PaddedTo(testHeight, 32), KeepRatioSize.PaddedTo(testWidth, 32)));
            var (scaleX, scaleY) = ((float)((double)testWidth / width), (float)((double)testHeight / height));
            Assert.Equal([scaleX, scaleY], one.GetProperty("coco_scale_factor_w_h").EnumerateArray().Select(v => v.GetSingle()));
        }
    }

    [Fact]
    public void Of_VeryThinImage_KeepsAPixel() => Assert.Equal((1, 100), KeepRatioSize.Of(1, 4000, 100, 50));

    private static (int, int) Pair(JsonElement pair) => (pair[0].GetInt32(), pair[1].GetInt32());
}
