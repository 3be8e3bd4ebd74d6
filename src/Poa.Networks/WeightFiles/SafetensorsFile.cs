using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>
/// An open safetensors file. Opening reads and checks the header only; a tensor's bytes are read when it is asked for, straight into
/// the tensor's memory, so that a file larger than memory can be read piece by piece. Reads are safe from several threads.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly SafetensorsHeader _header;
    private readonly FrozenDictionary<string, SafetensorsEntry> _byName;

    private SafetensorsFile(string path, SafeFileHandle handle, SafetensorsHeader header)
    {
        Path = path;
        _handle = handle;
        _header = header;
        _byName = header.Entries.ToFrozenDictionary(e => e.Name, StringComparer.Ordinal);
    }

    /// <summary>Path the file was opened by.</summary>
    public string Path { get; }

    /// <summary>The tensors in the order of their data.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries => _header.Entries;

    /// <summary>The file's own key-value pairs (<c>__metadata__</c>).</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="SafetensorsException">The file breaks a rule of the format.</exception>
    public static SafetensorsFile Open(string path)
    {
        var handle = File.OpenHandle(path, options: FileOptions.RandomAccess);
        try
        {
            var fileBytes = RandomAccess.GetLength(handle);
            if (fileBytes < SafetensorsHeader.PrefixBytes)
            {
                throw new SafetensorsException(path, null, $"the file has {fileBytes} bytes, fewer than the {SafetensorsHeader.PrefixBytes} of the header's length (truncated?)");
            }

            Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixBytes];
            ReadExactly(handle, prefix, 0, path, null);
            var json = new byte[SafetensorsHeader.ReadLength(prefix, path, fileBytes)];
            ReadExactly(handle, json, SafetensorsHeader.PrefixBytes, path, null);
            return new SafetensorsFile(path, handle, SafetensorsHeader.Parse(json, path, fileBytes));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Whether the file holds a tensor of that name, and what the header says of it.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out SafetensorsEntry? entry) => _byName.TryGetValue(name, out entry);

    /// <summary>Reads one tensor.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="device">Where the tensor is put; CPU by default.</param>
    /// <returns>A new tensor of the file's type and shape, without gradient.</returns>
    /// <exception cref="SafetensorsException">The file holds no such tensor, or was cut short after it was opened.</exception>
    /// <exception cref="NotSupportedException">TorchSharp has no tensor of the file's element type.</exception>
    public Tensor Read(string name, Device? device = null)
    {
        if (!_byName.TryGetValue(name, out var entry))
        {
            throw new SafetensorsException(Path, name, $"the file holds no such tensor among its {Entries.Count}");
        }

        var tensor = Safetensors.Allocate(entry, Path);
        try
        {
            TensorBytes.ForEachChunk(tensor, (chunk, offset) =>
                ReadExactly(_handle, chunk, _header.DataStart + entry.Begin + offset, Path, name));
        }
        catch
        {
            tensor.Dispose();
            throw;
        }

        return Safetensors.MoveTo(tensor, device);
    }

    /// <summary>Reads all tensors.</summary>
    /// <param name="device">Where the tensors are put; CPU by default.</param>
    public Dictionary<string, Tensor> ReadAll(Device? device = null) =>
        Entries.ToDictionary(e => e.Name, e => Read(e.Name, device), StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static void ReadExactly(SafeFileHandle handle, Span<byte> buffer, long position, string path, string? tensor)
    {
        while (!buffer.IsEmpty)
        {
            var read = RandomAccess.Read(handle, buffer, position);
            if (read == 0)
            {
                throw new SafetensorsException(path, tensor, $"the file ends at byte {position}, with {buffer.Length} more expected");
            }

            buffer = buffer[read..];
            position += read;
        }
    }
}
