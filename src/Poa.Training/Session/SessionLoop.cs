using Poa.Elastic;
using Poa.Training.Batching;
using Poa.Training.Step;
using static TorchSharp.torch;

namespace Poa.Training.Session;

/// <summary>Takes steps: batch, scheduled values, elastic student, measurements.</summary>
internal sealed class SessionLoop(PoaConfiguration configuration, PoaModel model, TimeProvider time)
{
    private readonly TrainingSchedules schedules = new(configuration);
    private readonly ElasticSampler sampler = configuration.ElasticSampler();
    private readonly TrainingStep step = new(model);

    /// <returns>Null if the wait for a batch was cancelled.</returns>
    public StepRecord? Step(BatchSource source, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        var start = time.GetTimestamp();
        TrainingBatch batch;
        try
        {
            batch = source.Next(model.Device, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        using (batch)
        {
            var waited = time.GetElapsedTime(start);
            var i = batch.Iteration;
            var schedule = new StepSchedule(
                schedules.LearningRate(i),
                schedules.LastLayerLearningRate(i),
                schedules.WeightDecay(i),
                schedules.TeacherTemperature(i),
                schedules.TeacherMomentum(i),
                i >= configuration.IbotActivationIteration);
            var metrics = step.Run(batch, sampler.At(i), schedule);
            return new(
                i,
                metrics.SubNetwork.ToString(),
                metrics.Loss,
                metrics.Terms,
                metrics.GradientNorms,
                metrics.Applied,
                schedule.LearningRate,
                schedule.LastLayerLearningRate,
                schedule.WeightDecay,
                schedule.TeacherTemperature,
                schedule.TeacherMomentum,
                batch.ImageCount,
                time.GetElapsedTime(start).TotalSeconds,
                waited.TotalSeconds);
        }
    }
}
