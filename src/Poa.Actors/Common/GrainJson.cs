using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Storage;

namespace Poa.Actors;

/// <summary>
/// Grain state as JSON with property names as the schema: readable in the data base, no CLR type names in it, and a renamed class
/// does no harm. A property may be added with a default; renaming or retyping one needs a migration.
/// </summary>
internal sealed class GrainJson : IGrainStorageSerializer
{
    private static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Computed properties are not part of the state.
        IgnoreReadOnlyProperties = true,
        // A loss may be NaN; that is a fact to be kept.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <inheritdoc/>
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input, Options));

    /// <inheritdoc/>
    public T Deserialize<T>(BinaryData input) =>
        JsonSerializer.Deserialize<T>(input.ToMemory().Span, Options) ?? throw new JsonException($"Stored state of {typeof(T).Name} is null.");
}
