using System.Text.Json;

namespace Poa.Evaluation.Detection.Coco;

/// <summary>One JSON object of a file, read property by property. What does not fit throws <see cref="FormatException"/>; <see cref="Field"/> says where.</summary>
internal ref struct JsonRecord(Utf8JsonReader atStart)
{
    private readonly Utf8JsonReader start = atStart;
    private Utf8JsonReader reader = atStart;

    /// <summary>Name of the property at hand; empty at the end.</summary>
    public string Field { get; private set; } = "";

    /// <summary>Whether the property's value is null.</summary>
    public readonly bool IsNull => reader.TokenType == JsonTokenType.Null;

    public readonly bool IsArray => reader.TokenType == JsonTokenType.StartArray;

    public readonly bool IsObject => reader.TokenType == JsonTokenType.StartObject;

    public readonly bool IsText => reader.TokenType == JsonTokenType.String;

    /// <summary>What a message calls a kind of token.</summary>
    public static string Kind(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "text",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        JsonTokenType.Null => "null",
        _ => "nothing",
    };

    /// <summary>Moves to the next property that is among the given.</summary>
    public bool Next(ReadOnlySpan<string> known) => (Field = Advance(known)).Length > 0;

    /// <summary>The same in an object that is the value at hand, whose name stays in <see cref="Field"/>.</summary>
    /// <param name="known">The properties to stop at.</param>
    /// <param name="name">The property's name.</param>
    public bool NextWithin(ReadOnlySpan<string> known, out string name) => (name = Advance(known)).Length > 0;

    /// <summary>Moves to the next value of the array that was begun; false at its end.</summary>
    public bool NextItem() => reader.Read() && reader.TokenType != JsonTokenType.EndArray;

    public readonly long Integer() =>
        reader.TokenType == JsonTokenType.Number && (reader.TryGetInt64(out var value) || Whole(reader.GetDouble(), out value))
            ? value
            : throw new FormatException($"it is {Shown()}, not a whole number");

    /// <param name="least">The least value allowed.</param>
    public readonly int Integer(int least) => Integer() is var value && value >= least && value <= int.MaxValue
        ? (int)value
        : throw new FormatException($"it is {Shown()}, outside {least} to {int.MaxValue}");

    public readonly double Number() =>
        reader.TokenType == JsonTokenType.Number && reader.GetDouble() is var value && double.IsFinite(value)
            ? value
            : throw new FormatException($"it is {Shown()}, not a finite number");

    public readonly string Text() => reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new FormatException($"it is {Shown()}, not text");

    /// <summary>The bytes of a text, escapes resolved.</summary>
    public readonly byte[] Bytes()
    {
        var bytes = new byte[reader.ValueSpan.Length];
        return bytes[..reader.CopyString(bytes)];
    }

    public readonly bool Flag() => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => Integer() != 0,
    };

    /// <summary>Whether the value is an empty array, which it then has passed.</summary>
    public bool IsEmptyArray()
    {
        var ahead = reader;
        if (!IsArray || !ahead.Read() || ahead.TokenType != JsonTokenType.EndArray)
        {
            return false;
        }

        reader = ahead;
        return true;
    }

    public CocoBox Box()
    {
        if (!IsArray)
        {
            throw new FormatException($"it is {Shown()}, not [x, y, width, height]");
        }

        Span<double> values = stackalloc double[4];
        var count = 0;
        for (; NextItem(); count++)
        {
            var value = Number();
            if (count < values.Length)
            {
                values[count] = value;
            }
        }

        return count == values.Length ? new(values[0], values[1], values[2], values[3]) : throw new FormatException($"it has {count} numbers, not the 4 of [x, y, width, height]");
    }

    /// <summary>A whole number elsewhere in the object, to name it in a message; null if it has none.</summary>
    public readonly long? Find(string name)
    {
        var search = new JsonRecord(start);
        string[] names = [name];
        return search.Next(names) && search.reader.TokenType == JsonTokenType.Number && search.reader.TryGetInt64(out var value) ? value : null;
    }

    private string Advance(ReadOnlySpan<string> known)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            foreach (var name in known)
            {
                if (reader.ValueTextEquals(name))
                {
                    reader.Read();
                    return name;
                }
            }

            reader.Read();
            reader.TrySkip(); // the whole object is there
        }

        return "";
    }

    private readonly string Shown() => reader.TokenType is JsonTokenType.Number ? System.Text.Encoding.UTF8.GetString(reader.ValueSpan) : Kind(reader.TokenType);

    private static bool Whole(double value, out long whole)
    {
        whole = (long)value;
        return whole == value;
    }
}
