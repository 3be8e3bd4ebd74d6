using System.Text.Json;

namespace Poa.Storage;

/// <summary>
/// What lines of metrics blobs look like. A step, as whoever appends it writes it (other properties are passed over; without
/// <c>values</c> and <c>subNetwork</c> a step is merely counted):
/// <code>{"iteration":17,"subNetwork":"48x2","values":{"loss":6.25,"gradient_norm":"NaN"}}</code>
/// A bucket of a level, as <see cref="MetricsLevels"/> writes it:
/// <code>{"first":16,"count":16,"values":{"loss":[6.2,6.1,6.4],"images":[64],"gradient_norm":[1,1,1,15,1]},"subNetworks":{"48x2":9,"96x4":7}}</code>
/// A figure is mean, smallest, largest, finite values, values that are not finite; one number alone is the value of every step; the
/// last two are left out where every step has a finite value. Without a finite value the first three are <c>null</c>.
/// </summary>
internal static class MetricsFormat
{
    /// <summary>Writes a bucket as one line, without line end.</summary>
    public static void Write(Utf8JsonWriter json, long first, MetricsBucket bucket)
    {
        json.WriteStartObject();
        json.WriteNumber("first"u8, first);
        json.WriteNumber("count"u8, bucket.Count);
        json.WriteStartObject("values"u8);
        foreach (var (name, statistics) in bucket.Values)
        {
            json.WriteStartArray(name);
            Write(json, statistics, bucket.Count);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteStartObject("subNetworks"u8);
        foreach (var (name, draws) in bucket.SubNetworks)
        {
            json.WriteNumber(name, draws);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
    }

    /// <summary>Adds a step's line to the table.</summary>
    /// <returns>False where the line is no step; the table is then as before.</returns>
    public static bool TryReadStep(ReadOnlySpan<byte> line, MetricsTable table) => TryRead(line, table, isStep: true);

    /// <summary>Adds a bucket's line to the table.</summary>
    /// <returns>False where the line is no bucket; the table is then as before.</returns>
    public static bool TryReadBucket(ReadOnlySpan<byte> line, MetricsTable table) => TryRead(line, table, isStep: false);

    private static void Write(Utf8JsonWriter json, in RunningStatistics statistics, int count)
    {
        if (statistics.Finite == 0)
        {
            json.WriteNullValue();
            json.WriteNullValue();
            json.WriteNullValue();
        }
        else
        {
            json.WriteNumberValue(statistics.Mean);
            if (statistics.Finite == count && statistics.NonFinite == 0 && statistics.Min == statistics.Max)
            {
                return;
            }

            json.WriteNumberValue(statistics.Min);
            json.WriteNumberValue(statistics.Max);
        }

        if (statistics.Finite != count || statistics.NonFinite != 0)
        {
            json.WriteNumberValue(statistics.Finite);
            json.WriteNumberValue(statistics.NonFinite);
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> line, MetricsTable table, bool isStep)
    {
        var (first, count) = (-1L, isStep ? 1 : 0);
        try
        {
            var reader = new Utf8JsonReader(line);
            var isObject = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
            while (isObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals(isStep ? "iteration"u8 : "first"u8))
                {
                    reader.Read();
                    first = reader.GetInt64();
                }
                else if (!isStep && reader.ValueTextEquals("count"u8))
                {
                    reader.Read();
                    count = reader.GetInt32();
                }
                else if (table.Content.HasFlag(MetricsContent.Values) && reader.ValueTextEquals("values"u8))
                {
                    ReadValues(ref reader, table, count, isStep);
                }
                else if (table.Content.HasFlag(MetricsContent.Draws) && reader.ValueTextEquals(isStep ? "subNetwork"u8 : "subNetworks"u8))
                {
                    ReadDraws(ref reader, table);
                }
                else
                {
                    reader.Skip();
                }
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            first = -1; // cut off, or of another form
        }

        if (first < 0 || count <= 0)
        {
            table.DropLine();
            return false;
        }

        table.AddEntry(first, count);
        return true;
    }

    private static void ReadValues(ref Utf8JsonReader reader, MetricsTable table, int count, bool isStep)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = table.Figures.NumberOf(ref reader);
            reader.Read();
            if (isStep)
            {
                ReadStepValue(ref reader, table, name);
            }
            else
            {
                table.AddValue(name, ReadStatistics(ref reader, count));
            }
        }
    }

    private static void ReadStepValue(ref Utf8JsonReader reader, MetricsTable table, int name)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                table.AddValue(name, RunningStatistics.Of(reader.GetDouble()));
                break;
            case JsonTokenType.String when reader.ValueTextEquals("NaN"u8) || reader.ValueTextEquals("Infinity"u8) || reader.ValueTextEquals("-Infinity"u8):
                table.AddValue(name, RunningStatistics.Of(double.NaN));
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private static RunningStatistics ReadStatistics(ref Utf8JsonReader reader, int count)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new FormatException("A figure of a bucket is an array.");
        }

        Span<double> numbers = stackalloc double[5];
        var length = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (length == numbers.Length)
            {
                throw new FormatException("A figure of a bucket has at most five numbers.");
            }

            numbers[length++] = reader.TokenType == JsonTokenType.Null ? 0 : reader.GetDouble();
        }

        return length switch
        {
            1 => RunningStatistics.Of(numbers[0], numbers[0], numbers[0], count, 0),
            3 => RunningStatistics.Of(numbers[0], numbers[1], numbers[2], count, 0),
            5 => RunningStatistics.Of(numbers[0], numbers[1], numbers[2], (int)numbers[3], (int)numbers[4]),
            _ => throw new FormatException($"A figure of a bucket has 1, 3 or 5 numbers, not {length}."),
        };
    }

    private static void ReadDraws(ref Utf8JsonReader reader, MetricsTable table)
    {
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                // One for each virtual shard of the step, or one for all.
                foreach (var name in reader.ValueSpan.Split((byte)' '))
                {
                    table.AddDraws(table.SubNetworks.NumberOf(reader.ValueSpan[name]), 1);
                }

                break;
            case JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var name = table.SubNetworks.NumberOf(ref reader);
                    reader.Read();
                    table.AddDraws(name, reader.GetInt32());
                }

                break;
            default:
                reader.Skip();
                break;
        }
    }
}
