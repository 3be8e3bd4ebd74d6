using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static TorchSharp.torch;

namespace Poa.Evaluation.Features;

/// <summary>
/// Features in a file: rows of float32 values in the machine's byte order, appended batch by batch and read back in slices.
/// The file is deleted when the object is disposed. One thread appends; any number may read afterwards.
/// </summary>
public sealed class FeatureFile : IFeatureRows, IDisposable
{
    private readonly SafeFileHandle file;
    private readonly string path;

    internal FeatureFile(string path, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        (this.path, Width) = (path, width);
        file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
    }

    /// <inheritdoc/>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public int Width { get; }

    /// <summary>Appends a batch.</summary>
    /// <param name="features_BD">Features [B, Width], float32, any device.</param>
    /// <exception cref="ArgumentException">Another width or type, or a value is not finite.</exception>
    /// <exception cref="IOException">The file cannot be written, for instance because the disk is full.</exception>
    public void Append(Tensor features_BD)
    {
        FeatureChecks.ThrowIfNotFiniteMatrix(features_BD, Path.GetFileNameWithoutExtension(path));
        if (features_BD.shape[1] != Width)
        {
            throw new ArgumentException($"{path} holds rows of {Width} values, this batch has {features_BD.shape[1]}.");
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var onHost = features_BD.cpu().contiguous();
        RandomAccess.Write(file, onHost.bytes, ByteOffset(Count));
        Count += (int)features_BD.shape[0];
    }

    /// <inheritdoc/>
    /// <exception cref="EndOfStreamException">The file has been cut short by someone else.</exception>
    public void Read(int firstRow, Span<float> destination)
    {
        FeatureSlice.Check(this, firstRow, destination.Length);
        var bytes = MemoryMarshal.AsBytes(destination);
        var offset = ByteOffset(firstRow);
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(file, bytes, offset);
            if (read == 0)
            {
                throw new EndOfStreamException($"{path} ends at byte {offset}; {Count} rows of {Width} float32 values had been written.");
            }

            offset += read;
            bytes = bytes[read..];
        }
    }

    /// <summary>Closes and deletes the file.</summary>
    public void Dispose() => file.Dispose();

    private long ByteOffset(int row) => (long)row * Width * sizeof(float);
}
