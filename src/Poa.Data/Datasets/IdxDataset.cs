using System.Security.Cryptography;
using Poa.Data.Imaging;

namespace Poa.Data.Datasets;

/// <summary>Grey images and labels of a pair of idx files, held in memory as bytes.</summary>
public sealed class IdxDataset : IImageDataset
{
    private static readonly string[] FashionClasses =
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    private readonly IdxArray images;
    private readonly byte[] labels;
    private readonly string itemPrefix;

    internal IdxDataset(string name, string itemPrefix, IdxArray images, IdxArray labels, IReadOnlyList<string> classNames)
    {
        if (images.Shape.Count != 3)
        {
            throw new DatasetException($"{images.File} holds an array of {images.Shape.Count} dimensions; images need 3 (count, rows, columns).");
        }

        if (labels.Shape.Count != 1 || labels.Shape[0] != images.Shape[0])
        {
            throw new DatasetException($"{labels.File} holds [{string.Join(", ", labels.Shape)}] labels for the {images.Shape[0]} images of {images.File}.");
        }

        if (images.Shape.Contains(0))
        {
            throw new DatasetException($"{images.File} holds no images.");
        }

        if (Array.FindIndex(labels.Values, l => l >= classNames.Count) is >= 0 and var bad)
        {
            throw new DatasetException($"{labels.File} gives image {bad} the label {labels.Values[bad]}; there are {classNames.Count} classes.");
        }

        Name = name;
        this.itemPrefix = itemPrefix;
        this.images = images;
        this.labels = labels.Values;
        ClassNames = classNames;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(images.Values);
        hash.AppendData(labels.Values);
        Fingerprint = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <inheritdoc />
    public int Count => images.Shape[0];

    /// <inheritdoc />
    public IReadOnlyList<string>? ClassNames { get; }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public string Fingerprint { get; }

    /// <summary>Opens one split of Fashion-MNIST from its folder of gzip-compressed idx files (Debian: dataset-fashion-mnist).</summary>
    /// <param name="folder">The folder that holds train-images-idx3-ubyte.gz and its like.</param>
    /// <param name="split">train or test.</param>
    /// <exception cref="DatasetException">A file is missing or damaged; the message names it.</exception>
    public static IdxDataset OpenFashionMnist(string folder, string split)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var root = Path.GetFullPath(folder);
        if (!Directory.Exists(root))
        {
            throw new DatasetException($"The folder {root} does not exist. On Debian and Ubuntu, apt install dataset-fashion-mnist puts the set into /usr/share/datasets/fashion-mnist.");
        }

        var stem = split == "train" ? "train" : "t10k";
        var images = IdxArray.ReadFile(Path.Combine(root, $"{stem}-images-idx3-ubyte.gz"));
        var labels = IdxArray.ReadFile(Path.Combine(root, $"{stem}-labels-idx1-ubyte.gz"));
        return new IdxDataset(new DataSpecification(DatasetKind.FashionMnist, root, split).ToString(), $"{images.File} #", images, labels, FashionClasses);
    }

    /// <inheritdoc />
    public int? LabelOf(int index) => labels[index];

    /// <inheritdoc />
    public string DescribeItem(int index) => $"{itemPrefix}{index}";

    /// <inheritdoc />
    public RgbImage Load(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var (height, width) = (images.Shape[1], images.Shape[2]);
        return RgbImage.FromGrey(width, height, images.Values.AsSpan(index * height * width, height * width));
    }

    internal static IdxDataset Fashion(string name, string itemPrefix, IdxArray images, IdxArray labels) =>
        new(name, itemPrefix, images, labels, FashionClasses);
}
