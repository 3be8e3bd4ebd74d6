using System.Text.Json;
using System.Text.Json.Serialization;

namespace Poa.Cli.Rendering;

/// <summary>The JSON that <c>--json</c> prints: camelCase, enumerations as words, indented.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The text of <paramref name="value"/>.</summary>
    public static string Text<T>(T value) => JsonSerializer.Serialize(value, Options);
}
