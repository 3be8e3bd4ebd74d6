using Poa.Elastic;
using Poa.Training.Batching;
using Poa.Training.Exchange;
using static TorchSharp.torch;

namespace Poa.Training.Step;

/// <summary>
/// One training step of POA: the teacher, the intact and the elastic student (or one of them) on one batch, losses, gradients, clipping per
/// sub-module, AdamW, and the teacher's running average.
/// </summary>
/// <remarks>
/// The batch is cut into virtual shards, each with an elastic student of its own. First the teacher runs on all of them, since targets are
/// assigned over the whole batch; then each shard's students; then gradients, losses and terms are averaged over shards in a fixed
/// order, so that the result does not depend on which members of a formation compute which shards. Norms are taken, and gradients clipped,
/// after that: of the whole batch's gradient, as in the authors' code.
/// </remarks>
public sealed class TrainingStep
{
    private readonly PoaModel model;
    private readonly ShardGroup group;
    private readonly Action<StepPhase>? phaseDone;
    private readonly FrozenTeacher? frozenTeacher;
    private readonly LossSettings losses;

    /// <param name="model">What is trained, with one virtual shard on one member.</param>
    /// <param name="phaseDone">Told as each phase ends, for measuring where time goes; on a GPU work is queued and phases end early.</param>
    public TrainingStep(PoaModel model, Action<StepPhase>? phaseDone = null)
        : this(model, ShardGroup.Single, phaseDone)
    {
    }

    /// <param name="model">What is trained.</param>
    /// <param name="group">The virtual shards of all members.</param>
    /// <param name="phaseDone">Told as each phase ends.</param>
    /// <param name="frozenTeacher">The teacher that the model distils, owned by the caller; null if none.</param>
    /// <exception cref="ArgumentException">The model distils a teacher, and there is none, or the other way round.</exception>
    internal TrainingStep(PoaModel model, ShardGroup group, Action<StepPhase>? phaseDone = null, FrozenTeacher? frozenTeacher = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if ((frozenTeacher is null) != (model.Queue is null))
        {
            throw new ArgumentException("A model that distils a frozen teacher takes one, and no other model does.", nameof(frozenTeacher));
        }

        this.frozenTeacher = frozenTeacher;
        this.model = model;
        this.group = group;
        this.phaseDone = phaseDone;
        losses = LossSettings.Of(model.Configuration);
    }

    /// <summary>Takes the step with one virtual shard. The batch is not disposed.</summary>
    /// <param name="batch">Two global crops per image.</param>
    /// <param name="elastic">The elastic student.</param>
    /// <param name="schedule">Scheduled values.</param>
    /// <returns>What was measured; where loss or gradients are not finite, the model is exactly as before.</returns>
    /// <exception cref="ArgumentException">The batch has another number of global crops per image, or the sub-network is not on the grid.</exception>
    public StepMetrics Run(TrainingBatch batch, SubNetwork elastic, StepSchedule schedule) => Run([new(0, batch, elastic)], schedule);

    /// <summary>Takes the step. The batches are not disposed.</summary>
    /// <param name="shards">This member's virtual shards, in their order.</param>
    /// <param name="schedule">Scheduled values.</param>
    /// <param name="stopAsked">Whether this member is asked to stop: told to the others, so that all stop after the same step. Null for no.</param>
    /// <returns>What was measured, the same on all members; where loss or gradients are not finite, the model is exactly as before.</returns>
    /// <exception cref="ArgumentException">These are not the member's shards, or a batch has another number of global crops per image, or a sub-network is not on the grid.</exception>
    /// <exception cref="ShardLostException">A member is lost. The model is as before or, if only the end of the step failed, after the step: restore it.</exception>
    internal StepMetrics Run(IReadOnlyList<ShardInput> shards, StepSchedule schedule, Func<bool>? stopAsked = null)
    {
        ArgumentNullException.ThrowIfNull(shards);
        ArgumentNullException.ThrowIfNull(schedule);
        Check(shards);
        using var scope = NewDisposeScope();
        foreach (var optimiser in model.Optimisers)
        {
            optimiser.ClearGradients();
        }

        try
        {
            var metrics = Measure(shards, schedule, stopAsked);
            if (metrics.Applied)
            {
                Update(metrics, schedule);
            }

            phaseDone?.Invoke(StepPhase.Update);
            return metrics;
        }
        finally
        {
            // What was not committed: the step is not applied, or has failed.
            model.Queue?.Discard();
            foreach (var (_, centres) in model.Centres)
            {
                centres.Discard();
            }
        }
    }

    private void Check(IReadOnlyList<ShardInput> shards)
    {
        if (!shards.Select(shard => shard.VirtualShard).SequenceEqual(Enumerable.Range(group.Local.First, group.Local.Count)))
        {
            throw new ArgumentException(
                $"Virtual shards {string.Join(", ", shards.Select(shard => shard.VirtualShard))} are given; this member has {group.Local.Count} from {group.Local.First} on.", nameof(shards));
        }

        foreach (var (_, batch, _) in shards)
        {
            if (batch.GlobalCrops.shape[0] != 2 * batch.ImageCount)
            {
                throw new ArgumentException(
                    $"The batch has {batch.GlobalCrops.shape[0]} global crops for {batch.ImageCount} images; the losses pair exactly two per image.", nameof(shards));
            }
        }
    }

    private StepMetrics Measure(IReadOnlyList<ShardInput> shards, StepSchedule schedule, Func<bool>? stopAsked)
    {
        var targets = frozenTeacher is null
            ? TeacherTargets.Compute(model, losses, shards, schedule, group)
            : FrozenTargets.Compute(frozenTeacher, model.Queue!, model.Configuration.Seed.TeacherTemperature, shards, group);
        phaseDone?.Invoke(StepPhase.Teacher);
        (IReadOnlyList<string> Names, Tensor Values)[] sums = [.. shards.Zip(targets, (shard, ofShard) => ForwardBackward(shard, ofShard, schedule))];
        foreach (var optimiser in model.Optimisers)
        {
            optimiser.AverageGradients(group);
        }

        // The step's only transfer to the host: all losses, entropies and norms in one small tensor.
        var entropies = targets.Select(ofShard => ofShard.Entropy.to(ScalarType.Float64));
        var values = cat([.. sums.Select(sum => sum.Values), .. entropies, .. model.Optimisers.Select(optimiser => optimiser.GradientNorm().view(1))], 0)
            .cpu().data<double>().ToArray();
        var at = 0;
        var local = new List<ShardLosses>();
        var firstEntropy = sums.Sum(sum => 1 + sum.Names.Count);
        foreach (var (i, (shard, (names, _))) in shards.Zip(sums).Index())
        {
            var count = 1 + names.Count;
            local.Add(new(shard, names, values[at..(at + count)], values[firstEntropy + i]));
            at += count;
        }

        var reports = StepReports.Exchange(model, local, stopAsked?.Invoke() ?? false, group);
        var norms = model.Student.Modules.Zip(values.Skip(at + shards.Count), (module, norm) => KeyValuePair.Create(module.Name, norm)).ToDictionary();
        phaseDone?.Invoke(StepPhase.Gradients);
        var terms = reports.Terms;
        var isFinite = float.IsFinite(reports.Loss) && terms.Values.All(float.IsFinite) && norms.Values.All(double.IsFinite);
        return new(shards[0].Batch.Iteration, reports.SubNetworks, reports.Loss, terms, norms, reports.TargetEntropy, isFinite, reports.StopAsked);
    }

    // Leaves the shard's gradients with the optimisers; of all else only the losses stay in memory.
    private (IReadOnlyList<string> Names, Tensor Values) ForwardBackward(ShardInput shard, ShardTargets targets, StepSchedule schedule)
    {
        group.ThrowIfLost();
        using var scope = NewDisposeScope();
        var masked = shard.HasMasks(schedule);
        var patches = masked && losses.MaskedPatch > 0;
        var sum = new LossSum();
        var students = new StudentLosses(losses, shard.Batch, model.ClassCentres.Centres.Count, sum);
        StudentOutput? intactOutput = null;
        if (losses.Intact is { } intactShare)
        {
            // The intact student's gradient is taken before the elastic student runs: only one graph is alive at a time.
            intactOutput = StudentPass.Run(model, shard, model.Student.Backbone.Grid.Intact, 0, masked, patches);
            students.AddIntact(intactOutput, targets.Intact, intactShare);
            if (targets.Frozen is { } frozen)
            {
                students.AddFrozen(intactOutput, frozen, model.Queue!.Rows_LE, model.Configuration.Seed.StudentTemperature);
            }

            phaseDone?.Invoke(StepPhase.IntactForward);
            sum.Backward();
            phaseDone?.Invoke(StepPhase.IntactBackward);
        }

        if (losses.Elastic is { } elasticShare)
        {
            var elasticOutput = StudentPass.Run(model, shard, shard.Elastic, 1, masked, patches);
            students.AddElastic(elasticOutput, targets.Elastic, intactOutput, elasticShare);
            phaseDone?.Invoke(StepPhase.ElasticForward);
            sum.Backward();
            phaseDone?.Invoke(StepPhase.ElasticBackward);
        }

        foreach (var optimiser in model.Optimisers)
        {
            optimiser.CollectGradients(shard.VirtualShard);
        }

        return (sum.Names, sum.Values().MoveToOuterDisposeScope());
    }

    private void Update(StepMetrics metrics, StepSchedule schedule)
    {
        var clip = model.Configuration.Optim.ClipGrad;
        foreach (var (optimiser, (name, _)) in model.Optimisers.Zip(model.Student.Modules))
        {
            optimiser.Step(metrics.GradientNorms[name], clip, schedule.LearningRate, schedule.LastLayerLearningRate, schedule.WeightDecay);
        }

        model.AverageTeacher(schedule.TeacherMomentum);
        model.Queue?.Commit();
        foreach (var (_, centres) in model.Centres)
        {
            centres.Commit();
        }
    }
}
