using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml;

namespace Poa.Actors.Dashboard.Api;

/// <summary>Durations as ISO 8601 writes them, such as <c>PT1H30M</c>.</summary>
internal sealed class DurationConverter : JsonConverter<TimeSpan>
{
    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return XmlConvert.ToTimeSpan(reader.GetString() ?? "");
        }
        catch (FormatException e)
        {
            throw new JsonException("Not an ISO 8601 duration such as PT1H30M.", e);
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue(XmlConvert.ToString(value));
}
