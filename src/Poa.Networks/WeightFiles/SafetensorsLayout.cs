using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>Order and header of a file to be written, as the format's reference implementation makes them.</summary>
internal static class SafetensorsLayout
{
    private const int HeaderAlignment = 8;

    /// <summary>Tensors by descending alignment, then by name.</summary>
    internal static IReadOnlyList<KeyValuePair<string, Tensor>> Order(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var list = tensors.ToList();
        foreach (var (name, tensor) in list)
        {
            if (name.Length == 0 || name == "__metadata__")
            {
                throw new ArgumentException($"'{name}' cannot name a tensor in a safetensors file.", nameof(tensors));
            }

            if (!names.Add(name))
            {
                throw new ArgumentException($"Two tensors are named '{name}'.", nameof(tensors));
            }

            if (SafetensorsType.Of(tensor.dtype) is null)
            {
                throw new NotSupportedException($"Tensor '{name}' has elements of type {tensor.dtype}, which a safetensors file cannot hold.");
            }
        }

        return [.. list.OrderByDescending(t => SafetensorsType.Of(t.Value.dtype)!.Value.Place).ThenBy(t => t.Key, StringComparer.Ordinal)];
    }

    /// <summary>Length, JSON text and padding for tensors in the order given.</summary>
    internal static ReadOnlySpan<byte> Header(IReadOnlyList<KeyValuePair<string, Tensor>> ordered, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        // Eight bytes for the length come first; they are filled in once it is known.
        buffer.Write(stackalloc byte[SafetensorsHeader.PrefixBytes]);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            WriteJson(json, ordered, metadata);
        }

        while (buffer.WrittenCount % HeaderAlignment != 0)
        {
            buffer.Write(" "u8);
        }

        var header = buffer.WrittenSpan.ToArray();
        var length = header.Length - SafetensorsHeader.PrefixBytes;
        if (length > SafetensorsHeader.MaxBytes)
        {
            throw new NotSupportedException($"The header would take {length} bytes, more than the {SafetensorsHeader.MaxBytes} the safetensors format allows.");
        }

        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)length);
        return header;
    }

    private static void WriteJson(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, Tensor>> ordered, IReadOnlyDictionary<string, string>? metadata)
    {
        json.WriteStartObject();
        if (metadata is { Count: > 0 })
        {
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        var offset = 0L;
        foreach (var (name, tensor) in ordered)
        {
            json.WriteStartObject(name);
            json.WriteString("dtype", SafetensorsType.Of(tensor.dtype)!.Value.Name);
            json.WriteStartArray("shape");
            foreach (var extent in tensor.shape)
            {
                json.WriteNumberValue(extent);
            }

            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(offset);
            offset += tensor.NumberOfElements * tensor.ElementSize;
            json.WriteNumberValue(offset);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
