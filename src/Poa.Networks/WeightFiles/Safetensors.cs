using System.Diagnostics;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>
/// Reading and writing of whole weight files in the safetensors format. <see cref="SafetensorsFile"/> reads single tensors.
/// </summary>
public static class Safetensors
{
    /// <summary>Reads all tensors of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where the tensors are put; CPU by default.</param>
    /// <exception cref="SafetensorsException">The file breaks a rule of the format.</exception>
    public static Dictionary<string, Tensor> Load(string path, Device? device = null)
    {
        using var file = SafetensorsFile.Open(path);
        return file.ReadAll(device);
    }

    /// <summary>Reads all tensors from a stream, which need not be seekable, to its end.</summary>
    /// <param name="stream">Positioned at the first byte of the file.</param>
    /// <param name="name">Name for errors.</param>
    /// <param name="device">Where the tensors are put; CPU by default.</param>
    /// <returns>The tensors by name, and the file's own key-value pairs.</returns>
    /// <exception cref="SafetensorsException">The bytes break a rule of the format, or end too early or too late.</exception>
    public static (Dictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, string> Metadata) Load(Stream stream, string name, Device? device = null)
    {
        Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixBytes];
        ReadExactly(stream, prefix, name, null);
        var json = new byte[SafetensorsHeader.ReadLength(prefix, name, null)];
        ReadExactly(stream, json, name, null);
        var header = SafetensorsHeader.Parse(json, name, null);

        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var entry in header.Entries)
        {
            var tensor = Allocate(entry, name);
            TensorBytes.ForEachChunk(tensor, (chunk, _) => ReadExactly(stream, chunk, name, entry.Name));
            tensors.Add(entry.Name, MoveTo(tensor, device));
        }

        return stream.ReadByte() < 0
            ? (tensors, header.Metadata)
            : throw new SafetensorsException(name, null, "bytes follow the last tensor, which no tensor covers");
    }

    /// <summary>Writes a file. The same tensors and metadata give the same bytes, whatever their order.</summary>
    /// <param name="path">Created, or overwritten.</param>
    /// <param name="tensors">Names and tensors, on any device.</param>
    /// <param name="metadata">The file's own key-value pairs.</param>
    /// <inheritdoc cref="Write" path="/exception"/>
    public static void Save(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        Write(stream, tensors, metadata);
    }

    /// <summary>
    /// Writes a file to a stream, one tensor at a time: at most one tensor that lies on another device or is not contiguous is copied
    /// at once. The same tensors and metadata give the same bytes, whatever their order.
    /// </summary>
    /// <param name="stream">Written from its position on; it is left open.</param>
    /// <param name="tensors">Names and tensors, on any device.</param>
    /// <param name="metadata">The file's own key-value pairs.</param>
    /// <exception cref="ArgumentException">A name is empty, reserved or occurs twice.</exception>
    /// <exception cref="NotSupportedException">The format has no element type for a tensor.</exception>
    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = SafetensorsLayout.Order(tensors);
        stream.Write(SafetensorsLayout.Header(ordered, metadata));
        foreach (var (_, tensor) in ordered)
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            TensorBytes.ForEachChunk(tensor.detach().cpu().contiguous(), (chunk, _) => stream.Write(chunk));
        }
    }

    /// <summary>An uninitialised CPU tensor for an entry, outside the current dispose scope's reach only if moved there.</summary>
    internal static Tensor Allocate(SafetensorsEntry entry, string file) =>
        SafetensorsType.Scalar(entry.DType) is { } type
            ? empty([.. entry.Shape], dtype: type, device: CPU)
            : throw new NotSupportedException($"{file}: tensor '{entry.Name}' has elements of type {entry.DType}, for which TorchSharp has no tensor.");

    /// <summary>The tensor on <paramref name="device"/>; the CPU copy is disposed where it was moved.</summary>
    internal static Tensor MoveTo(Tensor tensor, Device? device)
    {
        if (device is null || device.type == TorchSharp.DeviceType.CPU)
        {
            return tensor;
        }

        Debug.Assert(tensor.device_type == TorchSharp.DeviceType.CPU);
        using (tensor)
        {
            return tensor.to(device);
        }
    }

    private static void ReadExactly(Stream stream, Span<byte> buffer, string name, string? tensor)
    {
        var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        if (read < buffer.Length)
        {
            throw new SafetensorsException(name, tensor, $"the file ends with {buffer.Length - read} more bytes expected (truncated?)");
        }
    }
}
