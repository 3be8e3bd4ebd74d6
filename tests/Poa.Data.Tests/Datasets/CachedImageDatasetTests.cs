using Poa.Data.Datasets;
using Poa.Data.Imaging;
using Xunit;

namespace Poa.Data.Tests.Datasets;

public sealed class CachedImageDatasetTests
{
    [Fact]
    public void Load_SetThatFits_DecodesEachImageOnce()
    {
        var counting = new CountingDataset(5);
        var cached = new CachedImageDataset(counting, counting.Count * 16);
        for (var pass = 0; pass < 3; pass++)
        {
            for (var i = 0; i < cached.Count; i++)
            {
                Assert.Equal(i, cached.Load(i).Pixels[0]);
            }
        }

        Assert.Equal(5, counting.Loads);
        Assert.Equal(5 * 16, cached.CachedBytes);
    }

    [Fact]
    public void Load_SetBeyondTheBound_StaysWithinItAndIsRight()
    {
        var counting = new CountingDataset(5);
        var cached = new CachedImageDataset(counting, (2 * 16) + 3);
        for (var pass = 0; pass < 2; pass++)
        {
            for (var i = 0; i < cached.Count; i++)
            {
                Assert.Equal(i, cached.Load(i).Pixels[0]);
            }
        }

        Assert.Equal(2 * 16, cached.CachedBytes);
        Assert.Equal(5 + 3, counting.Loads);
    }

    private sealed class CountingDataset(int count) : IImageDataset
    {
        public int Loads { get; private set; }

        public int Count => count;

        public IReadOnlyList<string>? ClassNames => null;

        public string Name => "counting";

        public string Fingerprint => "0";

        public int? LabelOf(int index) => null;

        public string DescribeItem(int index) => $"#{index}";

        public RgbImage Load(int index)
        {
            Loads++;
            return RgbImage.FromGrey(2, 2, [(byte)index, 0, 0, 0]);
        }
    }
}
