using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Poa.Training.Step;

namespace Poa.Training.Session;

/// <summary>
/// One line of a run's metrics. Losses and norms are written so that they read back bit for bit; they are the same for every run
/// of a configuration on one machine, interrupted or not. The times are not.
/// </summary>
/// <param name="Iteration">The step, from 0.</param>
/// <param name="SubNetwork">
/// The elastic student, such as <c>384x12</c>; where virtual shards have different ones, those of all in their order, such as <c>384x12 768x18</c>.
/// </param>
/// <param name="Loss">The optimised total.</param>
/// <param name="Terms">Displayed terms, see <see cref="Step.StepMetrics.Terms"/>.</param>
/// <param name="GradientNorms">Before clipping, per sub-module.</param>
/// <param name="Applied">False where the step changed nothing because loss or gradients were not finite.</param>
/// <param name="LearningRate">Scheduled learning rate, lowered by the rollbacks before (<see cref="SessionCourse"/>).</param>
/// <param name="LastLayerLearningRate">The same for the prototype layers.</param>
/// <param name="WeightDecay">Scheduled weight decay.</param>
/// <param name="TeacherTemperature">Scheduled teacher temperature.</param>
/// <param name="TeacherMomentum">Scheduled EMA momentum.</param>
/// <param name="Images">Images in the batch.</param>
/// <param name="Seconds">Duration of the step, the wait for its batch included.</param>
/// <param name="DataSeconds">The part of it that was spent waiting for the batch.</param>
public sealed record StepRecord(
    long Iteration,
    string SubNetwork,
    float Loss,
    IReadOnlyDictionary<string, float> Terms,
    IReadOnlyDictionary<string, double> GradientNorms,
    bool Applied,
    double LearningRate,
    double LastLayerLearningRate,
    double WeightDecay,
    double TeacherTemperature,
    double TeacherMomentum,
    int Images,
    double Seconds,
    double DataSeconds)
{
    /// <summary>Stands between the elastic students of virtual shards.</summary>
    public const char SubNetworkSeparator = ' ';

    /// <summary>How records are written as JSON: camel case, not-a-number and infinities as strings.</summary>
    public static JsonSerializerOptions JsonOptions { get; } = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Mean entropy of the teacher's targets, see <see cref="Step.StepMetrics.TargetEntropy"/>.</summary>
    public float TargetEntropy { get; init; }

    /// <summary>The part of <see cref="Seconds"/> that was spent in exchange with other members of the formation, the wait for them included; 0 for a lone one.</summary>
    public double ExchangeSeconds { get; init; }

    /// <summary>
    /// Where the time of the step went, in seconds. Work on a GPU is queued, so that there a phase ends before its work is done, and the last ones
    /// wait for all. Not part of the log.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyDictionary<StepPhase, double> PhaseSeconds { get; init; } = ImmutableDictionary<StepPhase, double>.Empty;

    /// <summary>Images per second.</summary>
    [JsonIgnore]
    public double ImagesPerSecond => Images / Seconds;

    /// <summary>One line of JSON, without the line's end.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonOptions);

    /// <summary>Reads such a line.</summary>
    /// <exception cref="JsonException">It is no such line.</exception>
    public static StepRecord FromJson(string line) =>
        JsonSerializer.Deserialize<StepRecord>(line, JsonOptions) ?? throw new JsonException("A metrics line holds null.");
}
