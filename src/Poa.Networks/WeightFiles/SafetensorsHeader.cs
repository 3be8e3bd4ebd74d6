using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Text;
using System.Text.Json;

namespace Poa.Networks;

/// <summary>
/// The header of a safetensors file, checked against every rule of the format: 8 bytes of length (little endian), a JSON object padded
/// with spaces, then the data, which the tensors cover without gap or overlap.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>Largest header the format allows, in bytes; keeps a damaged length from asking for all memory.</summary>
    internal const int MaxBytes = 100_000_000;

    /// <summary>Bytes before the JSON text.</summary>
    internal const int PrefixBytes = 8;

    private const string MetadataKey = "__metadata__";

    private SafetensorsHeader(long dataStart, IReadOnlyList<SafetensorsEntry> entries, FrozenDictionary<string, string> metadata)
    {
        DataStart = dataStart;
        Entries = entries;
        Metadata = metadata;
    }

    /// <summary>Position of the data section in the file.</summary>
    internal long DataStart { get; }

    /// <summary>Tensors in the order of their data.</summary>
    internal IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>The file's own key-value pairs.</summary>
    internal FrozenDictionary<string, string> Metadata { get; }

    /// <summary>Size of the data section in bytes.</summary>
    internal long DataBytes => Entries.Count == 0 ? 0 : Entries[^1].End;

    /// <summary>Length of the JSON text.</summary>
    /// <param name="prefix">The first 8 bytes.</param>
    /// <param name="file">Name for errors.</param>
    /// <param name="fileBytes">Size of the whole file, or null where it is not known.</param>
    internal static int ReadLength(ReadOnlySpan<byte> prefix, string file, long? fileBytes)
    {
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxBytes)
        {
            throw new SafetensorsException(file, null, $"the header claims {length} bytes, more than the {MaxBytes} the format allows");
        }

        if (fileBytes is { } bytes && (long)length > bytes - PrefixBytes)
        {
            throw new SafetensorsException(file, null, $"the header claims {length} bytes, but only {bytes - PrefixBytes} follow in the file (truncated?)");
        }

        return (int)length;
    }

    /// <summary>Parses and checks the JSON text.</summary>
    /// <param name="json">The text, <see cref="ReadLength"/> bytes.</param>
    /// <param name="file">Name for errors.</param>
    /// <param name="fileBytes">Size of the whole file, or null where it is not known.</param>
    internal static SafetensorsHeader Parse(ReadOnlySpan<byte> json, string file, long? fileBytes)
    {
        if (json.IsEmpty || json[0] != (byte)'{')
        {
            throw new SafetensorsException(file, null, "the header does not begin with '{'; this is no safetensors file");
        }

        var entries = new List<SafetensorsEntry>();
        var metadata = FrozenDictionary<string, string>.Empty;
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            var names = new HashSet<string>(StringComparer.Ordinal);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                if (!names.Add(name))
                {
                    throw new SafetensorsException(file, name, "the name occurs twice in the header");
                }

                reader.Read();
                if (name == MetadataKey)
                {
                    metadata = ReadMetadata(ref reader, file);
                }
                else
                {
                    entries.Add(SafetensorsEntryParser.Read(ref reader, name, file));
                }
            }

            // The object is closed; nothing but white space may follow it.
            reader.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or DecoderFallbackException)
        {
            throw new SafetensorsException(file, null, $"the header is no valid JSON ({exception.Message.TrimEnd('.')})", exception);
        }

        var dataStart = PrefixBytes + (long)json.Length;
        // Empty tensors may share their place with others: by begin, then by end, then by name, so that the order is unique.
        var ordered = entries.OrderBy(e => e.Begin).ThenBy(e => e.End).ThenBy(e => e.Name, StringComparer.Ordinal).ToArray();
        CheckCover(ordered, file, fileBytes - dataStart);
        return new SafetensorsHeader(dataStart, ordered, metadata);
    }

    private static FrozenDictionary<string, string> ReadMetadata(ref Utf8JsonReader reader, string file)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new SafetensorsException(file, null, $"{MetadataKey} is not an object");
        }

        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                throw new SafetensorsException(file, null, $"{MetadataKey} '{key}' is not a string");
            }

            if (!metadata.TryAdd(key, reader.GetString()!))
            {
                throw new SafetensorsException(file, null, $"{MetadataKey} '{key}' occurs twice");
            }
        }

        return metadata.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static void CheckCover(SafetensorsEntry[] ordered, string file, long? dataBytes)
    {
        var end = 0L;
        SafetensorsEntry? previous = null;
        foreach (var entry in ordered)
        {
            if (dataBytes is { } available && entry.End > available)
            {
                throw new SafetensorsException(file, entry.Name,
                    $"its data_offsets [{entry.Begin}, {entry.End}] reach past the {available} data bytes of the file (truncated?)");
            }

            if (entry.Begin < end)
            {
                throw new SafetensorsException(file, entry.Name, $"its data_offsets [{entry.Begin}, {entry.End}] overlap those of '{previous!.Name}', which end at {end}");
            }

            if (entry.Begin > end)
            {
                throw new SafetensorsException(file, entry.Name, $"its data_offsets begin at {entry.Begin}, leaving a gap after byte {end}");
            }

            end = entry.End;
            previous = entry;
        }

        if (dataBytes is { } all && end != all)
        {
            throw new SafetensorsException(file, null, $"{all - end} bytes follow the last tensor, which no tensor covers");
        }
    }
}
