using System.Collections.Immutable;
using System.Text.Json;

namespace Poa.Actors.Abstractions;

/// <summary>Figures of one training step, one line of JSON in the run's metrics log.</summary>
/// <param name="Iteration">The step, from 0.</param>
/// <param name="SubNetwork">The sub-network that was drawn for it; where virtual shards have different ones, those of all, separated by spaces.</param>
/// <param name="Values">Figures by name: <c>loss</c>, <c>learning_rate</c>, <c>images_per_second</c>, ...</param>
public sealed record StepMetrics(long Iteration, string SubNetwork, ImmutableSortedDictionary<string, double> Values)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        // A diverging loss is a fact worth storing: NaN and infinity are written as text.
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>The record as one line without a line break. Doubles are written so that they read back bit for bit.</summary>
    public string ToLine() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads a line.</summary>
    /// <param name="line">A line of a metrics blob.</param>
    /// <exception cref="PoaException">The line is not a record (<see cref="ErrorCodes.DamagedFile"/>).</exception>
    public static StepMetrics FromLine(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<StepMetrics>(line, Json) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new PoaException(
                new WorkError(ErrorCodes.DamagedFile, $"Not a metrics record: '{line}'.", "Resume the run: it writes the chunk again."), e);
        }
    }
}
