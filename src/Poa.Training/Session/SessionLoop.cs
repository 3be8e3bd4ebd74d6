using Poa.Elastic;
using Poa.Training.Batching;
using Poa.Training.Exchange;
using Poa.Training.Step;
using static TorchSharp.torch;

namespace Poa.Training.Session;

/// <summary>Takes steps: batches of this member's virtual shards, scheduled values, elastic students, measurements.</summary>
internal sealed class SessionLoop
{
    private readonly PoaConfiguration configuration;
    private readonly PoaModel model;
    private readonly ShardGroup group;
    private readonly TimeProvider time;
    private readonly TrainingSchedules schedules;
    private readonly double learningRateFactor;
    private readonly ElasticSampler[] samplers;
    private readonly TrainingStep step;
    private readonly PhaseClock phases;

    public SessionLoop(PoaConfiguration configuration, PoaModel model, ShardGroup group, TimeProvider time, double learningRateFactor = 1, FrozenTeacher? frozenTeacher = null)
    {
        this.learningRateFactor = learningRateFactor;
        this.configuration = configuration;
        this.model = model;
        this.group = group;
        this.time = time;
        schedules = new TrainingSchedules(configuration);

        // One for each shard, since a sampler remembers the walk that it is on; none without an elastic student.
        samplers = configuration.Student.Elastic ? [.. Enumerable.Range(0, group.Local.Count).Select(_ => configuration.ElasticSampler())] : [];
        phases = new PhaseClock(time);
        step = new TrainingStep(model, group, phases.End, frozenTeacher);
    }

    /// <param name="source">Makes this member's virtual shards.</param>
    /// <param name="stopAsked">Whether this member is asked to stop, asked when the others are told.</param>
    /// <param name="cancellationToken">Ends the wait for a batch.</param>
    /// <returns>What was measured, and whether any member was asked to stop; null if the wait for a batch was cancelled.</returns>
    public (StepRecord Record, bool StopAsked)? Step(BatchSource source, Func<bool> stopAsked, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        var start = time.GetTimestamp();
        var exchanged = group.Exchanged;
        var batches = new List<TrainingBatch>();
        try
        {
            for (var shard = 0; shard < group.Local.Count; shard++)
            {
                batches.Add(source.Next(model.Device, cancellationToken));
            }

            var waited = time.GetElapsedTime(start);
            phases.Begin();
            var i = batches[0].Iteration;
            var schedule = ScheduleOf(i);
            var metrics = step.Run([.. batches.Select((batch, shard) => Input(shard, batch))], schedule, stopAsked);
            var record = new StepRecord(
                i,
                NameOf(metrics.SubNetworks),
                metrics.Loss,
                metrics.Terms,
                metrics.GradientNorms,
                metrics.Applied,
                schedule.LearningRate,
                schedule.LastLayerLearningRate,
                schedule.WeightDecay,
                schedule.TeacherTemperature,
                schedule.TeacherMomentum,
                configuration.Train.BatchSizePerGpu,
                time.GetElapsedTime(start).TotalSeconds,
                waited.TotalSeconds)
            {
                TargetEntropy = metrics.TargetEntropy,
                ExchangeSeconds = (group.Exchanged - exchanged).TotalSeconds,
                PhaseSeconds = phases.Seconds(),
            };
            return (record, metrics.StopAsked);
        }
        catch (OperationCanceledException) when (batches.Count < group.Local.Count && cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            batches.ForEach(batch => batch.Dispose());
        }
    }

    private static string NameOf(IReadOnlyList<SubNetwork> drawn) =>
        string.Join(StepRecord.SubNetworkSeparator, drawn.Distinct().Count() == 1 ? drawn.Take(1) : drawn);

    private ShardInput Input(int shard, TrainingBatch batch)
    {
        var virtualShard = group.Local.First + shard;
        var elastic = samplers.Length == 0
            ? model.Student.Backbone.Grid.Intact
            : samplers[shard].At(batch.Iteration, configuration.Train.SharedSubNetwork ? 0 : virtualShard);
        return new(virtualShard, batch, elastic);
    }

    private StepSchedule ScheduleOf(long i) => new(
        schedules.LearningRate(i) * learningRateFactor,
        schedules.LastLayerLearningRate(i) * learningRateFactor,
        schedules.WeightDecay(i),
        schedules.TeacherTemperature(i),
        schedules.TeacherMomentum(i),
        i >= configuration.IbotActivationIteration)
    {
        EntropyTemperature = schedules.EntropyTemperature(i),
    };
}
