namespace Poa.Data.Datasets;

/// <summary>
/// The demo set that comes with the software: 10,000 training and 2,000 held-out images of Fashion-MNIST, 28 x 28 grey,
/// 10 classes in equal parts (see Demo/README.md).
/// </summary>
internal static class DemoDataset
{
    /// <param name="split">train or test.</param>
    public static IImageDataset Open(string split) => IdxDataset.Fashion(
        new DataSpecification(DatasetKind.Demo, string.Empty, split).ToString(),
        $"demo {split} #",
        Resource($"{split}-images-idx3-ubyte.gz"),
        Resource($"{split}-labels-idx1-ubyte.gz"));

    private static IdxArray Resource(string file)
    {
        using var stream = typeof(DemoDataset).Assembly.GetManifestResourceStream($"Poa.Data.Demo.{file}")
            ?? throw new DatasetException($"This build of Poa.Data lacks the demo file {file}.");
        return IdxArray.Read(stream, $"demo/{file}");
    }
}
