using System.Collections.Immutable;
using System.Text.Json;

namespace Poa.Networks;

/// <summary>Reads the header's object for one tensor: <c>dtype</c>, <c>shape</c>, <c>data_offsets</c>.</summary>
internal static class SafetensorsEntryParser
{
    /// <summary>Reads the object at which <paramref name="reader"/> stands, to its end.</summary>
    /// <exception cref="SafetensorsException">A field is missing, twice there, of the wrong kind, or they contradict each other.</exception>
    internal static SafetensorsEntry Read(ref Utf8JsonReader reader, string name, string file)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new SafetensorsException(file, name, "its header entry is not an object");
        }

        string? dtype = null;
        ImmutableArray<long>? shape = null, offsets = null;
        var fields = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.GetString()!;
            if (!fields.Add(field))
            {
                throw new SafetensorsException(file, name, $"its header entry holds '{field}' twice");
            }

            reader.Read();
            switch (field)
            {
                case "dtype":
                    dtype = reader.TokenType == JsonTokenType.String
                        ? reader.GetString()
                        : throw new SafetensorsException(file, name, "its dtype is not a string");
                    break;
                case "shape":
                    shape = ReadCounts(ref reader, "shape", name, file);
                    break;
                case "data_offsets":
                    offsets = ReadCounts(ref reader, "data_offsets", name, file);
                    break;
                default:
                    // The format's reference implementation passes over fields it does not know.
                    reader.Skip();
                    break;
            }
        }

        return Check(dtype, shape, offsets, name, file);
    }

    private static SafetensorsEntry Check(string? dtype, ImmutableArray<long>? shape, ImmutableArray<long>? offsets, string name, string file)
    {
        if (dtype is null || shape is null || offsets is null)
        {
            var missing = dtype is null ? "dtype" : shape is null ? "shape" : "data_offsets";
            throw new SafetensorsException(file, name, $"its header entry lacks {missing}");
        }

        if (SafetensorsType.ElementBytes(dtype) is not { } elementBytes)
        {
            throw new SafetensorsException(file, name, $"its dtype '{dtype}' is not one of the format's");
        }

        if (offsets.Value is not [var begin, var end] || begin > end)
        {
            throw new SafetensorsException(file, name, $"its data_offsets [{string.Join(", ", offsets.Value)}] are not a begin and an end");
        }

        var entry = new SafetensorsEntry(name, dtype, shape.Value, begin, end);
        Int128 bytes = elementBytes;
        foreach (var extent in shape.Value)
        {
            bytes *= extent;
            if (bytes > long.MaxValue)
            {
                throw new SafetensorsException(file, name, $"its shape {entry} is larger than any file");
            }
        }

        return bytes == entry.Bytes
            ? entry
            : throw new SafetensorsException(file, name, $"its shape {entry} takes {bytes} bytes, but its data_offsets span {entry.Bytes}");
    }

    private static ImmutableArray<long> ReadCounts(ref Utf8JsonReader reader, string field, string name, string file)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new SafetensorsException(file, name, $"its {field} is not an array");
        }

        var counts = ImmutableArray.CreateBuilder<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var count) || count < 0)
            {
                throw new SafetensorsException(file, name, $"its {field} holds something that is not a non-negative whole number");
            }

            counts.Add(count);
        }

        return counts.ToImmutable();
    }
}
