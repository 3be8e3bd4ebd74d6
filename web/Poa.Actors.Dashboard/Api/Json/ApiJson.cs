using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Poa.Actors.Dashboard.Api;

/// <summary>
/// How values stand on the wire: names in camelCase, choices as text, times in ISO 8601, durations as ISO 8601 durations
/// (<c>PT90S</c>), and figures that are not finite as the texts <c>"NaN"</c>, <c>"Infinity"</c> and <c>"-Infinity"</c>, as in the
/// metrics log: a loss that diverged is told from one that is missing.
/// </summary>
internal static class ApiJson
{
    /// <summary>The settings for text that the API writes itself, such as events.</summary>
    public static JsonSerializerOptions Options { get; } = Make();

    /// <summary>Sets options.</summary>
    /// <param name="options">The options; those of the web are expected below.</param>
    public static void Configure(JsonSerializerOptions options)
    {
        options.NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals;
        options.RespectNullableAnnotations = true;

        // Angle brackets are escaped: a name that is a script stays a text, whoever pastes the answer where.
        options.Encoder = JavaScriptEncoder.Default;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new DurationConverter());
    }

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
