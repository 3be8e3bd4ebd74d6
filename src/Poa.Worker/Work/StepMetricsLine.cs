using System.Collections.Immutable;
using Poa.Actors.Abstractions;
using Poa.Training.Session;

namespace Poa.Worker.Work;

/// <summary>A step's record as a line of the run's metrics log.</summary>
internal static class StepMetricsLine
{
    /// <summary>Figures whose names end so are measured times; all others are the same in every repetition of a run.</summary>
    public const string TimeSuffix = "seconds";

    /// <summary>One line of JSON; losses are float32 values widened to double, so they read back bit for bit.</summary>
    public static string Of(StepRecord record)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        values["loss"] = record.Loss;
        values["learning_rate"] = record.LearningRate;
        values["last_layer_learning_rate"] = record.LastLayerLearningRate;
        values["weight_decay"] = record.WeightDecay;
        values["teacher_temperature"] = record.TeacherTemperature;
        values["teacher_momentum"] = record.TeacherMomentum;
        values["target_entropy"] = record.TargetEntropy;
        values["applied"] = record.Applied ? 1 : 0;
        values["images"] = record.Images;
        values["step_seconds"] = record.Seconds;
        values["data_seconds"] = record.DataSeconds;
        if (record.ExchangeSeconds > 0)
        {
            values["exchange_seconds"] = record.ExchangeSeconds;
        }

        foreach (var (name, value) in record.Terms)
        {
            values[name] = value;
        }

        foreach (var (name, value) in record.GradientNorms)
        {
            values[$"gradient_norm_{name}"] = value;
        }

        return new StepMetrics(record.Iteration, record.SubNetwork, values.ToImmutable()).ToLine();
    }
}
