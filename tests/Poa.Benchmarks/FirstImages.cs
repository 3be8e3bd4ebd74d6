using Poa.Data.Datasets;
using Poa.Data.Imaging;

namespace Poa.Benchmarks;

/// <summary>The first images of a set.</summary>
internal sealed class FirstImages(IImageDataset whole, int count) : IImageDataset
{
    public int Count { get; } = Math.Min(count, whole.Count);

    public IReadOnlyList<string>? ClassNames => whole.ClassNames;

    public string Name => whole.Name;

    public string Fingerprint => whole.Fingerprint;

    public int? LabelOf(int index) => whole.LabelOf(index);

    public string DescribeItem(int index) => whole.DescribeItem(index);

    public RgbImage Load(int index) => whole.Load(index);
}
