using System.Text.Json;
using Poa.Data.Datasets;

namespace Poa.Evaluation.Detection.Coco;

/// <summary>
/// Reads a JSON file that is an array of objects, or an object of such arrays, object by object: only the one at hand is in memory,
/// so that a file may be larger than memory.
/// </summary>
internal sealed class JsonRecordFile : IDisposable
{
    private const int FirstBuffer = 1 << 16;

    private readonly string path;
    private readonly Stream stream;
    private byte[] buffer = new byte[FirstBuffer];
    private int filled;
    private bool ended;

    private JsonRecordFile(string path, Stream stream) => (this.path, this.stream) = (path, stream);

    /// <summary>Parses one object.</summary>
    /// <param name="record">The object.</param>
    /// <param name="number">Its place in its array, from 1.</param>
    public delegate void Parser(ref JsonRecord record, int number);

    /// <summary>Reads a file that is one array.</summary>
    /// <param name="path">The file.</param>
    /// <param name="remedy">What to do if the file is of another form.</param>
    /// <param name="parser">Called for each object of the array.</param>
    /// <exception cref="DatasetException">The file cannot be read, is no JSON, or no array of objects.</exception>
    public static void ReadArray(string path, string remedy, Parser parser) => Open(path, file => file.ReadRoot(JsonTokenType.StartArray, remedy, null, parser));

    /// <summary>Reads a file that is an object; of its properties the arrays named, each of which must be there.</summary>
    /// <exception cref="DatasetException">The file cannot be read, is no JSON, or lacks one of the arrays.</exception>
    /// <param name="path">The file.</param>
    /// <param name="remedy">What to do if the file is of another form.</param>
    /// <param name="arrays">The parser of each array.</param>
    public static void ReadObject(string path, string remedy, Dictionary<string, Parser> arrays) => Open(path, file => file.ReadRoot(JsonTokenType.StartObject, remedy, arrays, null));

    public void Dispose() => stream.Dispose();

    private static void Open(string path, Action<JsonRecordFile> read)
    {
        try
        {
            using var file = new JsonRecordFile(path, File.OpenRead(path));
            read(file);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DatasetException($"The file {path} does not exist. Give the path of a COCO file.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"The file {path} cannot be read: {error.Message}", error);
        }
        catch (JsonException error)
        {
            throw new DatasetException($"{path} is not valid JSON: {error.Message} Write or download the file again.", error);
        }
    }

    private void ReadRoot(JsonTokenType root, string remedy, Dictionary<string, Parser>? arrays, Parser? parser)
    {
        Fill(0);
        if (buffer.AsSpan(0, filled).StartsWith("\uFEFF"u8))
        {
            Fill("\uFEFF"u8.Length);
        }

        var reader = new Utf8JsonReader(buffer.AsSpan(0, filled), ended, default);
        Next(ref reader);
        if (reader.TokenType != root)
        {
            throw new DatasetException($"{path} holds {JsonRecord.Kind(reader.TokenType)}. {remedy}");
        }

        if (parser is not null)
        {
            ReadRecords(ref reader, "", remedy, parser);
        }
        else
        {
            ReadArrays(ref reader, remedy, arrays!);
        }

        while (Next(ref reader))
        {
            // Anything after the root is an error, which the reader reports.
        }
    }

    private void ReadArrays(ref Utf8JsonReader reader, string remedy, Dictionary<string, Parser> arrays)
    {
        var missing = arrays.Keys.ToHashSet(StringComparer.Ordinal);
        while (Next(ref reader) && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            Next(ref reader);
            if (!arrays.TryGetValue(name, out var parser))
            {
                SkipValue(ref reader);
            }
            else if (reader.TokenType == JsonTokenType.StartArray && missing.Remove(name))
            {
                ReadRecords(ref reader, $"'{name}' of ", remedy, parser);
            }
            else
            {
                throw new DatasetException($"{path}: '{name}' comes twice or holds {JsonRecord.Kind(reader.TokenType)}. {remedy}");
            }
        }

        if (missing.Count > 0)
        {
            throw new DatasetException($"{path} has no '{string.Join("' and no '", missing.Order(StringComparer.Ordinal))}'. {remedy}");
        }
    }

    private void ReadRecords(ref Utf8JsonReader reader, string where, string remedy, Parser parser)
    {
        for (var number = 1; Next(ref reader) && reader.TokenType != JsonTokenType.EndArray; number++)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new DatasetException($"{where}{path}: entry {number} is {JsonRecord.Kind(reader.TokenType)}, not an object. {remedy}");
            }

            Utf8JsonReader behind;
            for (behind = reader; !behind.TrySkip(); behind = reader)
            {
                Refill(ref reader);
            }

            var record = new JsonRecord(reader);
            parser(ref record, number);
            reader = behind;
        }
    }

    private void SkipValue(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            for (var depth = reader.CurrentDepth; Next(ref reader) && reader.CurrentDepth > depth;)
            {
            }
        }
    }

    private bool Next(ref Utf8JsonReader reader)
    {
        while (!reader.Read())
        {
            if (ended)
            {
                return false;
            }

            Refill(ref reader);
        }

        return true;
    }

    private void Refill(ref Utf8JsonReader reader)
    {
        var state = reader.CurrentState;
        Fill((int)reader.BytesConsumed);
        reader = new Utf8JsonReader(buffer.AsSpan(0, filled), ended, state);
    }

    /// <summary>Drops the bytes consumed and reads more; a buffer that one object fills grows.</summary>
    private void Fill(int consumed)
    {
        buffer.AsSpan(consumed, filled - consumed).CopyTo(buffer);
        filled -= consumed;
        if (filled == buffer.Length)
        {
            Array.Resize(ref buffer, 2 * filled);
        }

        var read = stream.ReadAtLeast(buffer.AsSpan(filled), buffer.Length - filled, throwOnEndOfStream: false);
        ended = filled + read < buffer.Length;
        filled += read;
    }
}
