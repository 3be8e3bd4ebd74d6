// Makes the demo set under src/Poa.Data/Demo from the idx files of Fashion-MNIST: the first 1,000 images of each class
// of the training split and the first 200 of each class of the test split, in the original order.
// Usage, in the repository's root: dotnet run infra/make-demo-images.cs -- FOLDER_OF_FASHION_MNIST
using System.Buffers.Binary;
using System.IO.Compression;

if (args.Length != 1)
{
    Console.Error.WriteLine("Usage: dotnet run infra/make-demo-images.cs -- FOLDER (such as /usr/share/datasets/fashion-mnist)");
    return 2;
}

const int imageHeader = 16;
const int labelHeader = 8;
const int imageBytes = 28 * 28;
Directory.CreateDirectory("src/Poa.Data/Demo");
foreach (var (source, target, perClass) in new[] { ("train", "train", 1000), ("t10k", "test", 200) })
{
    var images = Unzip($"{source}-images-idx3-ubyte.gz");
    var labels = Unzip($"{source}-labels-idx1-ubyte.gz");
    var taken = new int[10];
    var kept = Enumerable.Range(0, labels.Length - labelHeader).Where(i => taken[labels[labelHeader + i]]++ < perClass).ToArray();

    using var keptImages = new MemoryStream();
    using var keptLabels = new MemoryStream();
    keptImages.Write(WithCount(images.AsSpan(0, imageHeader), kept.Length));
    keptLabels.Write(WithCount(labels.AsSpan(0, labelHeader), kept.Length));
    foreach (var i in kept)
    {
        keptImages.Write(images, imageHeader + (i * imageBytes), imageBytes);
        keptLabels.WriteByte(labels[labelHeader + i]);
    }

    Zip($"{target}-images-idx3-ubyte.gz", keptImages.ToArray());
    Zip($"{target}-labels-idx1-ubyte.gz", keptLabels.ToArray());
}

return 0;

byte[] Unzip(string file)
{
    using var stream = new GZipStream(File.OpenRead(Path.Combine(args[0], file)), CompressionMode.Decompress);
    using var whole = new MemoryStream();
    stream.CopyTo(whole);
    return whole.ToArray();
}

static void Zip(string file, byte[] content)
{
    using var stream = new GZipStream(File.Create(Path.Combine("src/Poa.Data/Demo", file)), CompressionLevel.SmallestSize);
    stream.Write(content);
}

static byte[] WithCount(ReadOnlySpan<byte> header, int count)
{
    var changed = header.ToArray();
    BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(4), count);
    return changed;
}
